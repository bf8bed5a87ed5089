#include "train/feed.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/suggest.hpp"

namespace trainyard {
namespace {

/// Rows of fewer bytes together are copied by one thread: starting others that look for work takes a microsecond.
constexpr std::size_t parallel_bytes = 32768;

std::vector<std::int64_t> without_ones(const Shape& shape) {
  std::vector<std::int64_t> dims;
  std::ranges::copy_if(shape.dims(), std::back_inserter(dims), [](std::int64_t d) { return d != 1; });
  return dims;
}

std::size_t find_input(const BatchSource& source, const std::string& name, bool only) {
  std::vector<std::string_view> inputs;
  std::size_t found = source.columns().size();
  for (std::size_t i = 0; i < source.columns().size(); ++i) {
    const ColumnInfo& column = source.columns()[i];
    if (column.target) continue;
    inputs.push_back(column.name);
    if (column.name == name || (only && inputs.size() == 1)) found = i;
  }
  if (found == source.columns().size() || (only && inputs.size() > 1 && source.columns()[found].name != name)) {
    Hint hint;
    if (!nearest(name, inputs).empty()) hint = {"did_you_mean", name};
    throw Error(ErrorCode::missing_option, "data.inputs", name, list_text(inputs), std::move(hint));
  }
  return found;
}

}  // namespace

Feed::Feed(const Model& model, const Dataset& source) : source_(source), target_(source.columns().size()) {
  const auto& inputs = model.options().inputs;
  for (const ModelInput& input : inputs) {
    const std::size_t column = find_input(source, input.name, inputs.size() == 1);
    const ColumnInfo& info = source.columns()[column];
    // [28, 28] and [1, 28, 28] are the same numbers.
    if (info.shape.size() != input.shape.size() || without_ones(info.shape) != without_ones(input.shape)) {
      throw Error(ErrorCode::shape_mismatch, info.name, text(input.shape, true), text(info.shape, true));
    }
    const std::optional<Limits>& limits = model.limits(columns_.size());
    if (limits) {
      // Ids begin at 0, the lengths of sequences at 1.
      Hint hint;
      if (limits->low == 1) hint = {"sequence_length", std::to_string(limits->high)};
      source.check_whole(column, {.min = static_cast<double>(limits->low), .max = static_cast<double>(limits->high)},
                         {}, hint);
    }
    columns_.push_back(column);
  }
}

void Feed::need_target(const std::string& name) {
  std::vector<std::string_view> targets;
  for (std::size_t i = 0; i < source_.columns().size(); ++i) {
    const ColumnInfo& column = source_.columns()[i];
    if (!column.target) continue;
    if (name.empty() || column.name == name) {
      target_ = i;
      return;
    }
    targets.push_back(column.name);
  }
  if (targets.empty()) throw Error(ErrorCode::missing_option, "data.targets", name.empty() ? "y" : name, "");
  throw unknown_name(ErrorCode::missing_option, "data.targets", name, targets);
}

ValueType Feed::target_type() const {
  const ColumnInfo& info = source_.columns()[target_];
  return {.shape = info.shape, .dtype = info.dtype};
}

void Feed::check_target(const Loss& loss, const ValueType& output) const {
  if (loss.target(output, target_type()).dtype != DType::i32) return;
  source_.check_labels(target_, loss.classes(output), loss.ignored());
}

void Feed::gather(std::span<const Row> rows, const Compiled& c, ThreadPool* pool) const {
  const Plan& plan = c.executor->plan();
  const auto write = [&](ValueId v, std::size_t column) {
    const ValueType& type = plan.values[v.index()].type;
    const std::size_t row_bytes =
        static_cast<std::size_t>(type.shape.size()) * element_size(type.dtype, plan.precision);
    std::byte* const to = c.executor->at(v);
    const auto part = [&](std::size_t begin, std::size_t end) {
      source_.gather(rows.subspan(begin, end - begin), column, {to + begin * row_bytes, type.dtype, plan.precision});
    };
    if (pool == nullptr || rows.size() * row_bytes < parallel_bytes) return part(0, rows.size());
    const auto threads = static_cast<std::size_t>(pool->size());
    pool->run([&](int thread) {
      const auto me = static_cast<std::size_t>(thread);
      part(rows.size() * me / threads, rows.size() * (me + 1) / threads);
    });
  };
  for (std::size_t i = 0; i < columns_.size(); ++i) write(c.inputs[i], columns_[i]);
  if (c.target.valid()) write(c.target, target_);
}

double Feed::seed(std::span<const Row> rows, const Compiled& c, const Loss& loss, std::span<double> weights,
                  double over) const {
  const Plan& plan = c.executor->plan();
  const auto count = rows.size();
  if (source_.weighted()) {
    source_.gather_weights(rows, {weights.data(), DType::f32, Precision::f64});
  } else {
    std::fill_n(weights.begin(), count, 1.0);
  }
  const ValueType& target = plan.values[c.target.index()].type;
  double divisor = 0;
  if (target.dtype == DType::i32) {
    const auto* ids = c.executor->at<std::int32_t>(c.target);
    const auto positions = static_cast<std::size_t>(target.shape.size());
    for (std::size_t r = 0; r < count; ++r) {
      divisor += weights[r] * loss.divisor(std::span(ids + r * positions, positions));
    }
  } else {
    const double one = loss.dense_divisor(target);
    for (std::size_t r = 0; r < count; ++r) divisor += weights[r] * one;
  }
  if (!c.seed.valid()) return divisor;
  if (over <= 0) over = divisor;
  const double scale = over > 0 ? 1 / over : 0;
  const auto write = [&]<class T>(T* seed) {
    for (std::size_t r = 0; r < count; ++r) seed[r] = static_cast<T>(weights[r] * scale);
  };
  plan.precision == Precision::f64 ? write(c.executor->at<double>(c.seed)) : write(c.executor->at<float>(c.seed));
  return divisor;
}

double mean_loss(const Compiled& c, std::span<const double> weights, double divisor) {
  const auto weighted = [&](const auto* losses) {
    double sum = 0;
    for (std::size_t r = 0; r < weights.size(); ++r) {
      // A row of weight 0 counts for nothing, whatever its loss.
      if (weights[r] != 0) sum += weights[r] * static_cast<double>(losses[r]);
    }
    return sum;
  };
  const double sum = c.executor->plan().precision == Precision::f64 ? weighted(c.executor->at<double>(c.loss))
                                                                    : weighted(c.executor->at<float>(c.loss));
  return divisor > 0 ? sum / divisor : 0;
}

}  // namespace trainyard
