#include "train/sharing.hpp"

#include <gtest/gtest.h>

namespace trainyard {
namespace {

/// Measures so many times, with these milliseconds a step, and returns how many measurements were of shared steps.
int shared_of(Sharing& sharing, int measurements, double shared_ms, double alone_ms) {
  int shared = 0;
  for (int i = 0; i < measurements; ++i) {
    const bool is_shared = sharing.way() == Sharing::shared;
    shared += is_shared ? 1 : 0;
    sharing.measured(20 * (is_shared ? shared_ms : alone_ms), 20);
  }
  return shared;
}

TEST(Sharing, KeepsToTheFasterWayAndProbesTheOther) {
  Sharing sharing;
  shared_of(sharing, 6, 2, 1);
  EXPECT_EQ(sharing.way(), Sharing::alone);
  const int probes = shared_of(sharing, 400, 2, 1);
  EXPECT_GT(probes, 0);
  EXPECT_LE(probes, 13);
}

TEST(Sharing, FindsOutSoonThatTheFirstMeasurementsWereWrong) {
  Sharing sharing;
  shared_of(sharing, 6, 2, 1);  // the browser compiled meanwhile
  EXPECT_EQ(sharing.way(), Sharing::alone);
  EXPECT_EQ(shared_of(sharing, 9, 0.6, 1), 5) << "from the fifth on";
}

TEST(Sharing, IsNotMisledByDisturbedMeasurements) {
  Sharing sharing;
  shared_of(sharing, 6, 0.6, 1);
  EXPECT_EQ(sharing.way(), Sharing::shared);
  for (int i = 0; i < 200; ++i) {
    // Three of four take long for a reason of their own.
    const double disturbed = i % 4 == 0 ? 1 : 3;
    sharing.measured(20 * disturbed * (sharing.way() == Sharing::shared ? 0.6 : 1), 20);
  }
  EXPECT_EQ(sharing.way(), Sharing::shared);
}

TEST(Sharing, FollowsAMachineThatChanges) {
  Sharing sharing;
  shared_of(sharing, 6, 2, 1);
  EXPECT_EQ(sharing.way(), Sharing::alone);
  shared_of(sharing, 400, 0.6, 1);
  EXPECT_EQ(sharing.way(), Sharing::shared);
}

TEST(Sharing, StaysWhereBothAreAlike) {
  Sharing sharing;
  shared_of(sharing, 6, 1, 1);
  EXPECT_EQ(shared_of(sharing, 39, 1, 0.99), 36) << "all but three tries";
}

TEST(Sharing, JudgesNoSingleStep) {
  Sharing sharing;
  for (int i = 0; i < 9; ++i) sharing.measured(1, 1);
  EXPECT_EQ(sharing.way(), Sharing::shared) << "less than 10 ms so far";
  sharing.measured(1, 1);
  EXPECT_EQ(sharing.way(), Sharing::alone) << "its turn";
}

TEST(Sharing, KeepsToTheWayThatWasAskedFor) {
  for (const Sharing::Way way : {Sharing::shared, Sharing::alone}) {
    Sharing sharing(way);
    EXPECT_EQ(shared_of(sharing, 200, 2, 1), way == Sharing::shared ? 200 : 0);
    EXPECT_EQ(shared_of(sharing, 200, 1, 2), way == Sharing::shared ? 200 : 0);
  }
}

TEST(Sharing, ForgetsTheFirstMeasurementOfEachWay) {
  Sharing sharing;
  sharing.measured(1000, 10);  // shared, before the code is warm
  sharing.measured(10, 10);
  shared_of(sharing, 4, 0.5, 1);
  EXPECT_EQ(sharing.way(), Sharing::shared);
}

}  // namespace
}  // namespace trainyard
