#include "data/batches.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "support/errors.hpp"

namespace trainyard {
namespace {

std::vector<Row> epoch_of(Batches& batches) {
  const std::int64_t epoch = batches.position().epoch;
  std::vector<Row> rows;
  while (batches.position().epoch == epoch) {
    const auto batch = batches.next();
    rows.insert(rows.end(), batch.begin(), batch.end());
  }
  return rows;
}

std::vector<Row> counted(Row n) {
  std::vector<Row> rows(n);
  std::iota(rows.begin(), rows.end(), Row{0});
  return rows;
}

TEST(Batches, EveryRowComesOnceAnEpoch) {
  for (const Row n : {1U, 2U, 10U, 101U}) {
    Batches batches(n, {.batchSize = std::min<Row>(n, 4), .seed = 3});
    for (int epoch = 0; epoch < 3; ++epoch) {
      std::vector<Row> rows = epoch_of(batches);
      std::ranges::sort(rows);
      EXPECT_EQ(rows, counted(n));
    }
  }
}

TEST(Batches, TheLastBatchIsWhatIsLeft) {
  Batches batches(10, {.batchSize = 4, .shuffle = false});
  EXPECT_EQ(batches.steps_per_epoch(), 3);
  EXPECT_EQ(batches.next().size(), 4U);
  EXPECT_EQ(batches.position(), (Position{0, 4}));
  EXPECT_EQ(batches.next()[0], 4U);
  const auto last = batches.next();
  EXPECT_EQ(std::vector<Row>(last.begin(), last.end()), (std::vector<Row>{8, 9}));
  EXPECT_EQ(batches.position(), (Position{1, 0}));
  EXPECT_EQ(batches.next()[0], 0U);
}

TEST(Batches, TheLastBatchMayBeDropped) {
  Batches batches(10, {.batchSize = 4, .dropLast = true});
  EXPECT_EQ(batches.steps_per_epoch(), 2);
  EXPECT_EQ(epoch_of(batches).size(), 8U);
  EXPECT_EQ(epoch_of(batches).size(), 8U);
  EXPECT_EQ(batches.position(), (Position{2, 0}));
}

TEST(Batches, ShufflesDifferentlyByEpochAndSeed) {
  Batches batches(50, {.batchSize = 8, .seed = 1});
  Batches other(50, {.batchSize = 8, .seed = 2});
  const auto first = epoch_of(batches);
  EXPECT_NE(first, counted(50));
  EXPECT_NE(first, epoch_of(batches));
  EXPECT_NE(first, epoch_of(other));
}

TEST(Batches, EveryPlaceIsAboutEquallyLikely) {
  constexpr int epochs = 6000;
  Batches batches(6, {.batchSize = 6, .seed = 9});
  std::array<std::array<int, 6>, 6> count{};
  for (int e = 0; e < epochs; ++e) {
    const auto rows = batches.next();
    for (std::size_t i = 0; i < 6; ++i) ++count[i][rows[i]];
  }
  // Each count is binomial with mean 1000 and deviation 29: five deviations.
  for (const auto& place : count) {
    for (const int c : place) EXPECT_NEAR(c, 1000, 145);
  }
}

TEST(Batches, APositionIsTwoNumbers) {
  Batches one(33, {.batchSize = 5, .seed = 4});
  for (int i = 0; i < 16; ++i) (void)one.next();
  const Position position = one.position();
  Batches two(33, {.batchSize = 5, .seed = 4});
  two.seek(position);
  for (int i = 0; i < 20; ++i) {
    const auto a = one.next();
    const auto b = two.next();
    ASSERT_TRUE(std::ranges::equal(a, b)) << i;
    ASSERT_EQ(one.position(), two.position());
  }
}

TEST(Batches, TheBatchSizeMayChangeWithinAnEpoch) {
  Batches batches(20, {.batchSize = 6, .seed = 5});
  std::vector<Row> rows;
  const auto take = [&] {
    const auto batch = batches.next();
    rows.insert(rows.end(), batch.begin(), batch.end());
  };
  take();
  batches.set_batch_size(11);
  take();
  batches.set_batch_size(2);
  take();
  take();
  std::ranges::sort(rows);
  EXPECT_EQ(rows, counted(20));
  EXPECT_EQ(batches.position(), (Position{1, 0}));
}

TEST(Batches, ALargerBatchThatNoLongerFitsBeginsTheNextEpoch) {
  Batches batches(10, {.batchSize = 4, .dropLast = true});
  (void)batches.next();
  batches.set_batch_size(7);
  EXPECT_EQ(batches.next().size(), 7U);
  EXPECT_EQ(batches.position(), (Position{2, 0}));
}

TEST(Batches, RefusesBadSizes) {
  const auto large = error_of([] { Batches(10, {.batchSize = 11}); });
  ASSERT_TRUE(large);
  EXPECT_EQ(large->code, ErrorCode::batch_too_large);
  EXPECT_EQ(large->path, "batchSize");
  EXPECT_EQ(large->expected, "<= 10");
  EXPECT_EQ(large->got, "11");
  const auto zero = error_of([] { Batches(10, {.batchSize = 0}); });
  ASSERT_TRUE(zero);
  EXPECT_EQ(zero->code, ErrorCode::invalid_value);
  Batches batches(10, {.batchSize = 10});
  EXPECT_TRUE(error_of([&] { batches.set_batch_size(11); }));
  EXPECT_EQ(batches.batch_size(), 10U);
}

/// More rows than an order is kept of.
TEST(Batches, OfVeryManyRowsEachStillComesOnceAnEpochInAnOrderOfItsOwn) {
  const Row rows = (1 << 22) + 12'345;
  Batches batches(rows, {.batchSize = 5000, .shuffle = true, .seed = 3});
  std::vector<bool> seen(rows);
  Row last = 0;
  std::int64_t ascending = 0;
  std::int64_t count = 0;
  while (batches.position().epoch == 0) {
    for (const Row row : batches.next()) {
      ASSERT_LT(row, rows);
      ASSERT_FALSE(seen[row]);
      seen[row] = true;
      ascending += row > last ? 1 : 0;
      last = row;
      ++count;
    }
  }
  EXPECT_EQ(count, rows);
  EXPECT_NEAR(static_cast<double>(ascending) / rows, 0.5, 0.01);
  const auto first = [&](std::int64_t epoch, Row row, std::int64_t size) {
    batches.set_batch_size(size);
    batches.seek({epoch, row});
    const auto batch = batches.next();
    return std::vector<Row>(batch.begin(), batch.end());
  };
  EXPECT_NE(first(0, 0, 8), first(1, 0, 8));
  EXPECT_EQ(first(1, 6, 1)[0], first(1, 0, 8)[6]);
  Batches plain(rows, {.batchSize = 3, .shuffle = false});
  plain.seek({0, rows - 2});
  EXPECT_EQ(plain.next().back(), rows - 1);
  EXPECT_EQ(plain.next().front(), 0U);
}

}  // namespace
}  // namespace trainyard
