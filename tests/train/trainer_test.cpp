#include "train/trainer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>

#include "train/fixtures.hpp"
#include "train/models.hpp"
#include "train/predictor.hpp"

namespace trainyard {
namespace {

TEST(Trainer, LearnsXor) {
  ThreadPool pool(1);
  Model model(parse_json(R"({"trainyard":1,"layers":[{"type":"linear","out":8},{"type":"tanh"},
                             {"type":"linear","out":2}]})",
                         "model"),
              {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  const auto data = xor_points(200);
  Trainer trainer(model, data, data,
                  parse_json(R"({"epochs":60,"batchSize":20,"metrics":["accuracy"],
                  "optimizer":{"type":"adam","lr":0.02}})",
                             "fit"),
                  pool);
  Json last;
  while (trainer.state() == Trainer::State::running) {
    const Json result = trainer.advance({.steps = 100});
    for (const Json& event : result["events"]) {
      if (event["type"] == "validation") last = event;
    }
  }
  EXPECT_EQ(trainer.step(), 600);
  EXPECT_EQ(last["epoch"], 60);
  EXPECT_GT(last["val"]["accuracy"].get<double>(), 0.97) << last.dump();
  EXPECT_LT(last["val"]["loss"].get<double>(), 0.2) << last.dump();
}

TEST(Trainer, ProgressTellsTheLossOfEveryStep) {
  ThreadPool pool(1);
  const Json options{{"epochs", 1000}, {"batchSize", 8}};
  for (const std::int64_t steps : {1, 63, 64, 65, 103, 1000}) {
    Model model(two_layers(), takes({2}));
    Model same(two_layers(), takes({2}));
    Trainer whole(model, xor_points(40), nullptr, options, pool);
    Trainer single(same, xor_points(40), nullptr, options, pool);
    const Json event = events_of(whole.advance({.steps = steps}), "progress").at(0);
    EXPECT_EQ(event["steps"], steps);
    const auto stride = event["lossStride"].get<std::int64_t>();
    const auto losses = event["losses"].get<std::vector<double>>();
    EXPECT_LE(losses.size(), 64U);
    std::int64_t done = 0;
    for (const double mean : losses) {
      double sum = 0;
      const std::int64_t count = std::min(stride, steps - done);
      ASSERT_GT(count, 0);
      for (std::int64_t i = 0; i < count; ++i, ++done) {
        single.advance({.steps = 1});
        sum += single.loss();
      }
      EXPECT_NEAR(mean, sum / static_cast<double>(count), 1e-6);
    }
    EXPECT_EQ(done, steps);
  }
}

TEST(Trainer, DivergenceReturnsToGoodWeightsAndNamesTheLayer) {
  ThreadPool pool(1);
  Model model(
      parse_json(R"({"layers":[{"type":"linear","out":8},{"type":"relu"},{"type":"linear","out":2}]})", "model"),
      {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  const auto data = xor_points(100);
  Trainer trainer(model, data, nullptr,
                  parse_json(R"({"steps":1000,"loss":{"type":"mse"},"target":"dense",
                  "optimizer":{"type":"sgd","lr":1e30}})",
                             "fit"),
                  pool);
  const Json result = trainer.advance({});
  ASSERT_EQ(result["state"], "diverged") << result.dump();
  const Json& event = result["events"].back();
  EXPECT_EQ(event["type"], "diverged");
  EXPECT_NE(event["layer"].get<std::string>().find("linear"), std::string::npos) << event.dump();
  for (std::size_t i = 0; i < model.parameters().all().size(); ++i) {
    std::vector<float> numbers(static_cast<std::size_t>(model.parameters().all()[i].shape.size()));
    model.read({static_cast<std::int32_t>(i)}, std::span<float>(numbers));
    for (const float x : numbers) EXPECT_TRUE(std::isfinite(x));
  }
}

TEST(Trainer, APreviewIsTheNextStepAndChangesNothing) {
  ThreadPool pool(1);
  const Json network = parse_json(
      R"({"layers":[{"type":"linear","out":8},{"type":"dropout","p":0.3},{"type":"tanh"},{"type":"linear","out":2}]})",
      "model");
  const Json options = parse_json(R"({"steps":100,"batchSize":7,"seed":3,"clipNorm":0.5,"trackUpdates":true,
      "optimizer":{"type":"adam","lr":0.02},"schedule":{"type":"step","stepSize":2,"gamma":0.5}})",
                                  "fit");
  const auto data = xor_points(50);  // the eighth batch is the rest of an epoch
  Model looked(network, {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  Model alone(network, {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  looked.freeze(looked.find("3.bias"), true);
  alone.freeze(alone.find("3.bias"), true);
  Trainer trainer(looked, data, nullptr, options, pool);
  Trainer plain(alone, data, nullptr, options, pool);
  const std::array ids{looked.find("0.weight"), looked.find("3.weight"), looked.find("3.bias")};
  const auto numbers = [](const Model& model, ParamId id, Content content) {
    std::vector<float> out(static_cast<std::size_t>(model.parameters()[id].shape.size()));
    model.read(id, std::span(out), content);
    return out;
  };
  for (int step = 0; step < 20; ++step) {
    const std::vector<Trainer::Preview> first = trainer.preview(ids);
    const std::vector<Trainer::Preview> again = trainer.preview(ids);
    (void)trainer.advance({.steps = 1});
    (void)plain.advance({.steps = 1});
    for (std::size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(first[i].update, again[i].update);
      std::vector<float> update(first[i].update.size());
      trainer.read_update(ids[i], update);
      EXPECT_EQ(first[i].update, update) << "step " << step;
      EXPECT_EQ(first[i].gradient, numbers(looked, ids[i], Content::gradient)) << "step " << step;
      EXPECT_EQ(numbers(alone, ids[i], Content::value), numbers(looked, ids[i], Content::value)) << "step " << step;
    }
    EXPECT_TRUE(std::ranges::any_of(first[0].update, [](float x) { return x != 0; }));
    EXPECT_TRUE(std::ranges::all_of(first[2].update, [](float x) { return x == 0; }));
  }
}

TEST(Predictor, TurnsScoresIntoShares) {
  ThreadPool pool(1);
  Model model(parse_json(R"({"layers":[{"type":"linear","out":3}]})", "model"),
              {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  const auto data = xor_points(20);
  Predictor predictor(model, pool);
  const std::vector<float> scores = predictor.predict(*data).front().numbers;
  const std::vector<float> shares = predictor.predict(*data, {.activation = "softmax"}).front().numbers;
  const std::vector<float> each = predictor.predict(*data, {.activation = "sigmoid"}).front().numbers;
  EXPECT_EQ(predictor.predict(*data).front().numbers, scores) << "asking for shares leaves nothing behind";
  for (std::size_t row = 0; row < 20; ++row) {
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) sum += std::exp(static_cast<double>(scores[3 * row + k]));
    for (std::size_t k = 0; k < 3; ++k) {
      const double power = std::exp(static_cast<double>(scores[3 * row + k]));
      EXPECT_NEAR(shares[3 * row + k], power / sum, 1e-6);
      EXPECT_NEAR(each[3 * row + k], power / (1 + power), 1e-6);
    }
  }
}

}  // namespace
}  // namespace trainyard
