#include "schedules/schedule.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/options.hpp"
#include "golden/golden.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

const Json& document() {
  static const Json json = golden::read_json(std::string(golden::folder) + "/schedules.json");
  return json;
}
Course course() {
  return {.lr = document().at("lr"),
          .total_steps = document().at("steps"),
          .steps_per_epoch = document().at("stepsPerEpoch")};
}

/// The rates of a whole run; a metric is shown after each step, if there are any.
std::vector<double> rates(Schedule& schedule, const Course& c, const std::vector<double>& metrics = {}) {
  std::vector<double> list;
  for (std::int64_t step = 0; step < c.total_steps; ++step) {
    list.push_back(schedule.lr(c, step));
    if (!metrics.empty()) schedule.observe(c, metrics[static_cast<std::size_t>(step)]);
  }
  return list;
}

TEST(Schedule, GivesPytorchsRates) {
  for (const Json& one : document().at("cases")) {
    const std::vector<double> expected = golden::read_tensor(one.at("rates")).values;
    const auto schedule = parse_schedule(one.at("options"));
    const auto got = rates(*schedule, course(), one.value("metrics", std::vector<double>{}));
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], expected[i], 1e-12) << one.at("options") << " step " << i;
    }
  }
}

TEST(Schedule, ScalesWithTheOptimizersRate) {
  for (const char* name : {"constant", "linear", "cosine", "oneCycle"}) {
    const auto schedule = parse_schedule(name);
    Course large = course();
    large.lr *= 10;
    for (std::int64_t step = 0; step < large.total_steps; ++step) {
      EXPECT_NEAR(schedule->lr(large, step), 10 * schedule->lr(course(), step), 1e-15) << name;
    }
  }
}

TEST(Schedule, SurvivesTheShortestRunsAndStepsBeyondTheEnd) {
  for (const Json& kind : describe_schedules()) {
    Json description{{"type", kind.at("name")}};
    if (!describes_options) continue;
    for (const Json& option : kind.at("options")) {
      if (option.value("required", false)) description[option.at("name").get<std::string>()] = 1;
    }
    const auto schedule = parse_schedule(description);
    for (const std::int64_t total : {1, 2, 3}) {
      for (std::int64_t step = 0; step < 6; ++step) {
        const double rate = schedule->lr({.lr = 1, .total_steps = total, .steps_per_epoch = 1}, step);
        EXPECT_TRUE(rate >= 0 && rate <= 1) << description << " " << total << " " << step << " " << rate;
      }
    }
  }
}

TEST(Schedule, WarmUpHandsOverTheRestOfTheRun) {
  const Course c = course();
  const auto schedule = parse_schedule({{"type", "warmup"}, {"steps", 20}, {"after", "cosine"}});
  const auto cosine = parse_schedule("cosine");
  Course rest = c;
  rest.total_steps = 40;
  for (std::int64_t step = 20; step < 60; ++step) EXPECT_EQ(schedule->lr(c, step), cosine->lr(rest, step - 20));
}

TEST(Schedule, PlateauLooksAtItsMetricBehindAWarmUpToo) {
  const Json plateau{{"type", "reduceOnPlateau"}, {"patience", 1}, {"monitor", "accuracy"}};
  for (const Json& description : {plateau, Json{{"type", "warmup"}, {"steps", 2}, {"after", plateau}}}) {
    const auto schedule = parse_schedule(description);
    EXPECT_EQ(schedule->monitor(), "accuracy");
    schedule->expect(true);
    for (int i = 0; i < 9; ++i) schedule->observe(course(), 0.1 * i);
    EXPECT_EQ(schedule->lr(course(), 2), course().lr) << "it gets better: " << description;
    for (int i = 0; i < 9; ++i) schedule->observe(course(), 0.8);
    EXPECT_LT(schedule->lr(course(), 2), 0.1 * course().lr) << description;
  }
}

TEST(Schedule, RefusesBadDescriptions) {
  const auto unknown = error_of([] { (void)parse_schedule("cosin"); });
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->code, ErrorCode::unknown_layer);
  EXPECT_EQ(unknown->path, "schedule");
  EXPECT_EQ(unknown->hint.argument, "cosine");
  const auto missing = error_of([] { (void)parse_schedule("step"); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->code, ErrorCode::missing_option);
  EXPECT_EQ(missing->path, "schedule.stepSize");
  const auto zero = error_of([] { (void)parse_schedule({{"type", "step"}, {"stepSize", 0}}); });
  ASSERT_TRUE(zero);
  EXPECT_EQ(zero->code, ErrorCode::invalid_value);
  const auto nested = error_of(
      [] { (void)parse_schedule({{"type", "warmup"}, {"steps", 3}, {"after", {{"type", "cosine"}, {"tmax", 3}}}}); });
  ASSERT_TRUE(nested);
  EXPECT_EQ(nested->code, ErrorCode::unknown_option);
  EXPECT_EQ(nested->path, "schedule.after.tmax");
  EXPECT_EQ(nested->hint.argument, "tMax");
  const auto factor = error_of([] { (void)parse_schedule({{"type", "reduceOnPlateau"}, {"factor", 1}}); });
  ASSERT_TRUE(factor);
  EXPECT_EQ(factor->code, ErrorCode::invalid_value);
}

}  // namespace
}  // namespace trainyard
