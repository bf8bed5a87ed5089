// What validations steer: the plateau schedule, early stopping and the best weights.
#include <gtest/gtest.h>

#include <cmath>

#include "support/errors.hpp"
#include "train/evaluate.hpp"
#include "train/models.hpp"

namespace trainyard {
namespace {

/// A run whose validation cannot get better: the rate is 0.
Json idle(const Json& more) {
  Json options{{"epochs", 50}, {"batchSize", 20}, {"optimizer", {{"type", "sgd"}, {"lr", 0}}}};
  options.update(more);
  return options;
}

std::shared_ptr<const Dataset> no_data;

TEST(EarlyStopping, CountsLooksWithoutImprovementAsKerasDoes) {
  ThreadPool pool(1);
  for (const auto& [patience, epochs] : {std::pair{0, 2}, {1, 2}, {2, 3}, {5, 6}}) {
    Model model(two_layers(), takes({2}));
    const auto data = xor_points(40);
    Trainer trainer(model, data, data, idle({{"earlyStopping", {{"patience", patience}}}}), pool);
    const Json result = trainer.advance({});
    EXPECT_EQ(result["state"], "finished");
    EXPECT_EQ(result["reason"], "early stopping");
    EXPECT_EQ(trainer.step(), 2 * epochs) << "patience " << patience;
    EXPECT_EQ(events_of(result, "best").size(), 1U);
  }
}

TEST(EarlyStopping, RestoresTheWeightsOfTheBestLook) {
  ThreadPool pool(1);
  const auto data = xor_points(40);
  for (const bool restores : {true, false}) {
    Model model(two_layers(), takes({2}));
    // So fast a rate that the loss soon rises.
    Trainer trainer(model, data, data,
                    parse_json(R"({"epochs":200,"batchSize":40,"optimizer":{"type":"sgd","lr":40,"momentum":0.9},
                                   "earlyStopping":{"patience":3,"restoreBest":)" +
                                   std::string(restores ? "true" : "false") + "}}",
                               "fit"),
                    pool);
    const Json result = trainer.advance({});
    ASSERT_EQ(result["reason"], "early stopping") << result.dump();
    double best = INFINITY;
    for (const Json& event : events_of(result, "validation")) best = std::min(best, event["val"]["loss"].get<double>());
    const double last = events_of(result, "validation").back()["val"]["loss"].get<double>();
    ASSERT_LT(best, last);
    const double now = evaluate(model, data, Json::object(), pool)["loss"].get<double>();
    EXPECT_NEAR(now, restores ? best : last, 1e-6);
    EXPECT_EQ(events_of(result, "best").back()["loss"].get<double>(), best);
  }
}

TEST(EarlyStopping, WatchesWhatIsNamedTheWayThatIsBetter) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  const auto data = xor_points(200);
  Trainer trainer(model, data, data,
                  parse_json(R"({"epochs":60,"batchSize":20,"metrics":["accuracy"],
                                 "optimizer":{"type":"adam","lr":0.02},
                                 "earlyStopping":{"monitor":"accuracy","patience":20}})",
                             "fit"),
                  pool);
  const Json result = trainer.advance({});
  double before = -1;
  for (const Json& event : events_of(result, "best")) {
    EXPECT_GT(event["accuracy"].get<double>(), before);
    before = event["accuracy"].get<double>();
  }
  EXPECT_GT(before, 0.9);
  EXPECT_EQ(evaluate(model, data, {{"metrics", {"accuracy"}}}, pool)["accuracy"].get<double>(), before)
      << "also a run that ends by itself ends with its best weights";
}

TEST(Plateau, LowersTheRateWhereNothingGetsBetter) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  const auto data = xor_points(40);
  for (const char* name : {"0.weight", "0.bias", "2.weight", "2.bias"}) model.freeze(model.find(name), true);
  const Json schedule{{"type", "reduceOnPlateau"}, {"patience", 1}, {"factor", 0.5}};
  Trainer trainer(
      model, data, data,
      {{"epochs", 10}, {"batchSize", 20}, {"optimizer", {{"type", "sgd"}, {"lr", 1}}}, {"schedule", schedule}}, pool);
  // Of ten looks the first is the best; after every two that are no better the rate is halved.
  std::vector<double> rates;
  for (int epoch = 0; epoch < 10; ++epoch) {
    trainer.advance({.steps = 2});
    rates.push_back(trainer.status()["lr"].get<double>());
  }
  EXPECT_EQ(rates, (std::vector<double>{1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625}));
}

TEST(Plateau, KnowsWhichWayItsMetricGetsBetter) {
  ThreadPool pool(1);
  const auto data = xor_points(200);
  const auto last_rate = [&](const char* mode) {
    Model model(two_layers(), takes({2}));
    const Json schedule{
        {"type", "reduceOnPlateau"}, {"monitor", "accuracy"}, {"mode", mode}, {"patience", 0}, {"factor", 0.5}};
    const Json options{{"epochs", 3},
                       {"batchSize", 20},
                       {"metrics", {"accuracy"}},
                       {"optimizer", {{"type", "adam"}, {"lr", 0.1}}},
                       {"schedule", schedule}};
    Trainer trainer(model, data, data, options, pool);
    std::vector<double> accuracy;
    for (const Json& event : events_of(trainer.advance({}), "validation")) accuracy.push_back(event["val"]["accuracy"]);
    EXPECT_LT(accuracy.at(0), accuracy.at(1)) << "or the test says nothing";
    return trainer.status()["lr"].get<double>();
  };
  EXPECT_EQ(last_rate("auto"), 0.1);
  EXPECT_EQ(last_rate("min"), 0.05) << "asked for against its sense";
}

TEST(Validation, IsNeededByWhatWatchesIt) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  const auto data = xor_points(40);
  const auto error = [&](const std::shared_ptr<const Dataset>& validation, const Json& options) {
    return error_of([&] { const Trainer trainer(model, data, validation, options, pool); });
  };
  const auto stopping = error(no_data, {{"earlyStopping", Json::object()}});
  ASSERT_TRUE(stopping);
  EXPECT_EQ(stopping->code, ErrorCode::missing_option);
  EXPECT_EQ(stopping->path, "fit.val");
  EXPECT_EQ(stopping->hint.argument, "earlyStopping");
  const auto plateau = error(no_data, {{"schedule", "reduceOnPlateau"}});
  ASSERT_TRUE(plateau);
  EXPECT_EQ(plateau->code, ErrorCode::missing_option);
  EXPECT_EQ(plateau->path, "fit.val");
  const auto metric = error(data, {{"earlyStopping", {{"monitor", "acuracy"}}}, {"metrics", {"accuracy"}}});
  ASSERT_TRUE(metric);
  EXPECT_EQ(metric->code, ErrorCode::invalid_value);
  EXPECT_EQ(metric->path, "fit.earlyStopping.monitor");
  EXPECT_EQ(metric->expected, "loss | metrics");
  EXPECT_EQ(metric->got, "acuracy");
  const auto absent = error(data, {{"schedule", {{"type", "reduceOnPlateau"}, {"monitor", "accuracy"}}}});
  ASSERT_TRUE(absent);
  EXPECT_EQ(absent->path, "fit.schedule.monitor");
  EXPECT_FALSE(error(data, {{"schedule", "reduceOnPlateau"}}));
}

TEST(Validation, LooksAsOftenAsWanted) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  const auto data = xor_points(40);
  Trainer trainer(model, data, data, {{"steps", 10}, {"batchSize", 20}, {"valEvery", 3}}, pool);
  const Json result = trainer.advance({});
  std::vector<std::int64_t> steps;
  for (const Json& event : events_of(result, "validation")) steps.push_back(event["step"]);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{3, 6, 9}));
}

}  // namespace
}  // namespace trainyard
