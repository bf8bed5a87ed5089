#include "data/batches.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/options.hpp"
#include "core/random.hpp"

namespace trainyard {

namespace {

/// Of more rows no order is kept: a text has a window for each of its characters.
constexpr Row most_kept = 1 << 22;

}  // namespace

Batches::Batches(Row rows, const BatchOptions& options) : rows_(rows), options_(options) {
  set_batch_size(options.batchSize);
  if (rows > most_kept) return;
  order_.resize(rows);
  std::iota(order_.begin(), order_.end(), Row{0});
}

void Batches::set_batch_size(std::int64_t size) {
  const std::int64_t rows = rows_;
  if (size < 1) throw Error(ErrorCode::invalid_value, "batchSize", text(at_least_one), std::to_string(size));
  if (size > rows) {
    throw Error(ErrorCode::batch_too_large, "batchSize", "<= " + std::to_string(rows), std::to_string(size));
  }
  batch_size_ = static_cast<Row>(size);
  if (rows_ > most_kept) order_.resize(batch_size_);
}

std::int64_t Batches::steps_per_epoch() const {
  const std::int64_t rows = rows_;
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

// A Feistel network of four rounds permutes the next larger 4^k numbers; one outside the rows is permuted again until
// it is inside (Black & Rogaway 2002, "Ciphers with arbitrary finite domains": cycle walking).
Row Batches::computed(Row place, const Philox& keys) const {
  if (!options_.shuffle) return place;
  const int half = (std::bit_width(rows_ - 1) + 1) / 2;
  const Row mask = (Row{1} << half) - 1;
  do {
    Row left = place >> half;
    Row right = place & mask;
    for (const std::uint32_t key : keys) {
      // murmur3's finalizer (Appleby 2008).
      std::uint32_t h = right + key;
      h = (h ^ (h >> 16)) * 0x85EBCA6B;
      h = (h ^ (h >> 13)) * 0xC2B2AE35;
      left = std::exchange(right, left ^ ((h ^ (h >> 16)) & mask));
    }
    place = left << half | right;
  } while (place >= rows_);
  return place;
}

bool Batches::finished() const {
  const auto left = rows_ - position_.row;
  return left == 0 || (options_.dropLast && left < batch_size_);
}

std::span<const Row> Batches::next() {
  if (finished()) position_ = {position_.epoch + 1, 0};  // after a change of the batch size
  const Row count = std::min(batch_size_, rows_ - position_.row);
  const bool kept = rows_ <= most_kept;
  if (kept) {
    arrange(position_.epoch);
  } else {
    const Philox keys = philox(options_.seed, stream("shuffle"), static_cast<std::uint64_t>(position_.epoch), 0);
    for (Row i = 0; i < count; ++i) order_[i] = computed(position_.row + i, keys);
  }
  const std::span<const Row> batch(order_.data() + (kept ? position_.row : 0), count);
  position_.row += count;
  // The next epoch's order is made when its first batch is asked for: this one's must outlive the call.
  if (finished()) position_ = {position_.epoch + 1, 0};
  return batch;
}

}  // namespace trainyard
