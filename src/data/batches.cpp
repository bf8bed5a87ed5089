#include "data/batches.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/options.hpp"
#include "core/random.hpp"

namespace trainyard {

Batches::Batches(Row rows, const BatchOptions& options) : order_(rows), options_(options) {
  set_batch_size(options.batchSize);
  std::iota(order_.begin(), order_.end(), Row{0});
}

void Batches::set_batch_size(std::int64_t size) {
  const auto rows = std::ssize(order_);
  if (size < 1) throw Error(ErrorCode::invalid_value, "batchSize", text(at_least_one), std::to_string(size));
  if (size > rows) {
    throw Error(ErrorCode::batch_too_large, "batchSize", "<= " + std::to_string(rows), std::to_string(size));
  }
  batch_size_ = static_cast<Row>(size);
}

std::int64_t Batches::steps_per_epoch() const {
  const auto rows = static_cast<std::int64_t>(order_.size());
  const std::int64_t size = batch_size_;
  return options_.dropLast ? rows / size : (rows + size - 1) / size;
}

void Batches::arrange(std::int64_t epoch) {
  if (!options_.shuffle || arranged_ == epoch) return;
  // From the same start every time (Fisher and Yates, Durstenfeld 1964): the order follows from the epoch alone.
  std::iota(order_.begin(), order_.end(), Row{0});
  Random random(options_.seed, "shuffle", static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order_.size(); i > 1; --i) {
    std::swap(order_[i - 1], order_[random.below(static_cast<std::uint32_t>(i))]);
  }
  arranged_ = epoch;
}

bool Batches::finished() const {
  const auto left = static_cast<Row>(order_.size()) - position_.row;
  return left == 0 || (options_.dropLast && left < batch_size_);
}

std::span<const Row> Batches::next() {
  const auto rows = static_cast<Row>(order_.size());
  if (finished()) position_ = {position_.epoch + 1, 0};  // after a change of the batch size
  arrange(position_.epoch);
  const Row count = std::min(batch_size_, rows - position_.row);
  const std::span<const Row> batch(order_.data() + position_.row, count);
  position_.row += count;
  // The next epoch's order is made when its first batch is asked for: this one's must outlive the call.
  if (finished()) position_ = {position_.epoch + 1, 0};
  return batch;
}

}  // namespace trainyard
