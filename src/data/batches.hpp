// The order in which a run sees its rows. A shuffle is f(seed, epoch), so a position in the data is two numbers.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/random.hpp"
#include "data/source.hpp"

namespace trainyard {

/// Where the next batch begins.
struct Position {
  std::int64_t epoch = 0;
  Row row = 0;  ///< place in the epoch's order
  [[nodiscard]] bool operator==(const Position&) const = default;
};

struct BatchOptions {
  std::int64_t batchSize = 32;
  bool shuffle = true;
  bool dropLast = false;  ///< leave out what is left at the end of an epoch and does not fill a batch
  std::uint64_t seed = 0;
};

class Batches {
 public:
  /// Throws BATCH_TOO_LARGE (path "batchSize") for a batch larger than the data, INVALID_VALUE for one below 1.
  Batches(Row rows, const BatchOptions& options);

  /// The rows of the next batch, valid until the next call. The last batch of an epoch is smaller where the batch size
  /// does not divide the rows (or left out). Allocates nothing.
  [[nodiscard]] std::span<const Row> next();
  /// Where the next batch begins; its epoch is how many are complete.
  [[nodiscard]] Position position() const { return position_; }
  void seek(Position position) { position_ = position; }

  [[nodiscard]] Row batch_size() const { return batch_size_; }
  /// From the next batch on. Throws as the constructor does.
  void set_batch_size(std::int64_t size);
  [[nodiscard]] std::int64_t steps_per_epoch() const;

 private:
  void arrange(std::int64_t epoch);
  /// The row at a place of the epoch's order, where that is not kept.
  [[nodiscard]] Row computed(Row place, const Philox& keys) const;
  [[nodiscard]] bool finished() const;  ///< no batch of the epoch begins at the position

  Row rows_;
  std::vector<Row> order_;      ///< of an epoch; of so many rows that it would take too much memory, of a batch alone
  std::int64_t arranged_ = -1;  ///< the epoch whose order lies in order_
  Position position_;
  Row batch_size_ = 1;
  BatchOptions options_;
};

}  // namespace trainyard
