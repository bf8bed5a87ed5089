#include "data/split.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"

namespace trainyard {
namespace {

std::size_t validation_rows(const SplitOptions& options, Row rows) {
  if (options.val < 1) {
    const double share = std::round(options.val * static_cast<double>(rows));
    return static_cast<std::size_t>(std::clamp(share, 1.0, static_cast<double>(rows - 1)));
  }
  if (std::floor(options.val) != options.val || options.val >= static_cast<double>(rows)) {
    throw Error(ErrorCode::invalid_value, "val", "< " + std::to_string(rows), number_text(options.val));
  }
  return static_cast<std::size_t>(options.val);
}

/// The rows of each class, by class.
std::map<std::int32_t, std::vector<Row>> rows_by_class(const Dataset& data, std::span<const Row> rows) {
  for (std::size_t i = data.inputs(); i < data.columns().size(); ++i) {
    if (data.columns()[i].shape.size() != 1 || !data.integral(i)) continue;
    std::vector<std::int32_t> labels(rows.size());
    data.gather(rows, i, {labels.data(), DType::i32});
    std::map<std::int32_t, std::vector<Row>> classes;
    for (std::size_t r = 0; r < rows.size(); ++r) classes[labels[r]].push_back(rows[r]);
    return classes;
  }
  throw Error(ErrorCode::invalid_value, "stratify", "", "", {"needs_class_ids", ""});
}

/// Shares of a total in proportion to the sizes; what rounding down leaves goes to the largest remainders.
std::vector<std::size_t> shares(const std::vector<std::size_t>& sizes, std::size_t total) {
  const std::size_t all = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  std::vector<std::size_t> result, order(sizes.size());
  for (const std::size_t size : sizes) result.push_back(static_cast<std::size_t>(std::uint64_t{size} * total / all));
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return std::uint64_t{sizes[i]} * total % all; });
  const std::size_t left = total - std::accumulate(result.begin(), result.end(), std::size_t{0});
  for (std::size_t i = 0; i < left; ++i) ++result[order[i]];
  return result;
}

void shuffle(std::vector<Row>& rows, Random& random) {
  for (std::size_t i = rows.size(); i > 1; --i) {
    std::swap(rows[i - 1], rows[random.below(static_cast<std::uint32_t>(i))]);
  }
}

}  // namespace

std::pair<Dataset, Dataset> split(const Dataset& data, const SplitOptions& options) {
  if (data.rows() < 2) throw Error(ErrorCode::empty_data, "", ">= 2", std::to_string(data.rows()));
  const std::size_t count = validation_rows(options, data.rows());
  std::vector<Row> rows(data.rows());
  std::iota(rows.begin(), rows.end(), Row{0});

  std::vector<std::vector<Row>> groups;
  if (options.stratify) {
    for (auto& [label, members] : rows_by_class(data, rows)) groups.push_back(std::move(members));
  } else {
    groups.push_back(std::move(rows));
  }
  std::vector<std::size_t> sizes;
  for (const auto& group : groups) sizes.push_back(group.size());
  const std::vector<std::size_t> taken = shares(sizes, count);

  Random random(static_cast<std::uint64_t>(options.seed), "split");
  std::vector<Row> train;
  std::vector<Row> validation;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (options.shuffle) shuffle(groups[g], random);
    const auto middle = groups[g].end() - static_cast<std::ptrdiff_t>(taken[g]);
    train.insert(train.end(), groups[g].begin(), middle);
    validation.insert(validation.end(), middle, groups[g].end());
  }
  std::ranges::sort(train);
  std::ranges::sort(validation);
  return {data.subset(train), data.subset(validation)};
}

}  // namespace trainyard
