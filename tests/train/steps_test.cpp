// One step of training: the mean over the batch, penalties, groups, clipping, several inputs and targets, and what may
// change between two steps.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/errors.hpp"
#include "train/models.hpp"

namespace trainyard {
namespace {

constexpr double lr = 0.5;

/// One step of plain SGD from the same start; returns {start, end, gradient} of a parameter.
struct Stepped {
  std::vector<float> start, end, gradient;
};
Stepped step(const Json& more, const std::string& name, const Json& optimizer = {{"type", "sgd"}, {"lr", lr}}) {
  ThreadPool pool(1);
  Model model(parse_json(R"({"layers":[{"type":"linear","out":4,"biasInit":"ones"},"layerNorm","tanh",
                             {"type":"linear","out":2,"biasInit":"ones"}]})",
                         "model"),
              takes({2}));
  Json options{{"steps", 1}, {"batchSize", 30}, {"optimizer", optimizer}};
  options.update(more);
  Stepped result;
  result.start = read(model, name);
  Trainer trainer(model, xor_points(30), nullptr, options, pool);
  trainer.advance({});
  result.end = read(model, name);
  result.gradient = read(model, name, Content::gradient);
  return result;
}

TEST(Steps, PenaltiesGoForWeightsAlone) {
  for (const char* name : {"0.weight", "3.weight"}) {
    const Stepped s = step({{"l1", 0.25}, {"l2", 0.125}}, name);
    for (std::size_t i = 0; i < s.start.size(); ++i) {
      const double sign = s.start[i] > 0 ? 1 : -1;
      EXPECT_NEAR(s.end[i], s.start[i] - lr * (s.gradient[i] + 0.25 * sign + 0.125 * s.start[i]), 1e-6) << name;
    }
  }
  for (const char* name : {"0.bias", "1.weight", "1.bias", "3.bias"}) {
    const Stepped s = step({{"l1", 0.25}, {"l2", 0.125}}, name);
    for (std::size_t i = 0; i < s.start.size(); ++i) {
      EXPECT_NEAR(s.end[i], s.start[i] - lr * s.gradient[i], 1e-6) << name;
    }
  }
}

TEST(Steps, BiasesAndNormsDecayOnlyWhereAsked) {
  for (const bool all : {false, true}) {
    const Json optimizer{{"type", "sgd"}, {"lr", lr}, {"weightDecay", 0.125}, {"decayBiasAndNorm", all}};
    for (const char* name : {"0.weight", "3.weight", "0.bias", "1.weight", "3.bias"}) {
      const Stepped s = step(Json::object(), name, optimizer);
      const double decay = all || name == std::string("0.weight") || name == std::string("3.weight") ? 0.125 : 0;
      for (std::size_t i = 0; i < s.start.size(); ++i) {
        EXPECT_NEAR(s.end[i], s.start[i] - lr * (s.gradient[i] + decay * s.start[i]), 1e-6) << name << all;
      }
    }
  }
}

TEST(Steps, ClippingScalesAllGradientsTogether) {
  double square = 0;
  for (const char* name : {"0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias"}) {
    for (const float g : step(Json::object(), name).gradient) square += static_cast<double>(g) * g;
  }
  const double norm = std::sqrt(square);
  for (const char* name : {"0.weight", "1.bias", "3.bias"}) {
    const Stepped half = step({{"clipNorm", norm / 2}}, name);
    const Stepped roomy = step({{"clipNorm", 2 * norm}}, name);
    for (std::size_t i = 0; i < half.start.size(); ++i) {
      EXPECT_NEAR(half.end[i], half.start[i] - lr * half.gradient[i] / 2, 1e-5) << name;
      EXPECT_NEAR(roomy.end[i], roomy.start[i] - lr * roomy.gradient[i], 1e-6) << name;
    }
  }
}

/// Rows whose weights are whole numbers count as often as they say.
TEST(Steps, AWeightOfTwoIsARowTwice) {
  ThreadPool pool(1);
  const auto data = [](bool weighed) {
    DatasetParts parts;
    std::vector<float> x{0.5F, 1, -1, 0.25F};
    std::vector<std::int32_t> y{0, 1};
    if (!weighed) {
      x.insert(x.end(), {-1, 0.25F});
      y.push_back(1);
    }
    parts.rows = static_cast<Row>(y.size());
    parts.inputs.push_back(column("x", {2}, DType::f32, x));
    parts.targets.push_back(column("y", {}, DType::i32, y));
    const std::vector<float> weights{1, 2};
    if (weighed) parts.weights = Bytes::copy(std::as_bytes(std::span(weights)));
    return std::make_shared<const Dataset>(std::move(parts));
  };
  std::vector<std::vector<float>> ends;
  for (const bool weighed : {true, false}) {
    Model model(two_layers(), takes({2}));
    Trainer trainer(model, data(weighed), nullptr,
                    {{"steps", 5}, {"batchSize", weighed ? 2 : 3}, {"optimizer", {{"type", "sgd"}, {"lr", lr}}}}, pool);
    trainer.advance({});
    ends.push_back(read_all(model));
  }
  for (std::size_t i = 0; i < ends[0].size(); ++i) EXPECT_NEAR(ends[0][i], ends[1][i], 1e-5);
}

TEST(Steps, SeveralInputsAndTheTargetThatIsNamed) {
  ThreadPool pool(1);
  const Json description = parse_json(
      R"({"nodes":[{"name":"left","type":"linear","out":4,"inputs":["a"]},
                   {"name":"right","type":"linear","out":4,"inputs":["b"]},
                   {"name":"both","type":"concat","inputs":["left","right"]},{"name":"act","type":"tanh"},
                   {"name":"out","type":"linear","out":1}],"outputs":["out"]})",
      "model");
  Model model(description, {.inputs = {{.name = "a", .shape = {1}}, {.name = "b", .shape = {2}}}, .seed = 2});
  std::vector<float> a, b, sum;
  std::vector<std::int32_t> other;
  for (int i = 0; i < 64; ++i) {
    a.push_back(static_cast<float>(i % 8) / 8);
    const int row = i / 8;
    b.insert(b.end(), {static_cast<float>(row) / 8, static_cast<float>(i % 3) / 3});
    sum.push_back(a.back() - b[2 * static_cast<std::size_t>(i)] + b.back());
    other.push_back(i % 2);
  }
  DatasetParts parts;
  parts.rows = 64;
  parts.inputs.push_back(column("b", {2}, DType::f32, b));
  parts.inputs.push_back(column("a", {1}, DType::f32, a));
  parts.targets.push_back(column("parity", {}, DType::i32, other));
  parts.targets.push_back(column("sum", {}, DType::f32, sum));
  const auto data = std::make_shared<const Dataset>(std::move(parts));
  Trainer trainer(model, data, nullptr,
                  parse_json(R"({"epochs":150,"batchSize":16,"loss":"mse","target":"sum",
                                 "optimizer":{"type":"adam","lr":0.02}})",
                             "fit"),
                  pool);
  trainer.advance({});
  EXPECT_LT(trainer.loss(), 1e-3);
}

TEST(Steps, WhatIsSetHoldsFromTheNextStepOn) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  Trainer trainer(model, xor_points(100), nullptr,
                  {{"steps", 1000}, {"batchSize", 20}, {"optimizer", {{"type", "sgd"}, {"lr", lr}}}}, pool);
  trainer.advance({.steps = 2});
  trainer.set({{"lr", 0}});
  const auto still = read_all(model);
  trainer.advance({.steps = 2});
  EXPECT_EQ(read_all(model), still);
  trainer.set({{"lr", 0.25}, {"batchSize", 50}, {"steps", 6}});
  EXPECT_EQ(trainer.advance({})["state"], "finished");
  EXPECT_EQ(trainer.step(), 6);
  EXPECT_NE(read_all(model), still);
}

TEST(Steps, WhatCannotBeSetChangesNothing) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  Trainer trainer(model, xor_points(100), nullptr,
                  {{"steps", 1000}, {"batchSize", 20}, {"optimizer", {{"type", "sgd"}, {"lr", lr}}}}, pool);
  trainer.advance({.steps = 1});
  const Json before = trainer.status();
  struct Bad {
    Json changes;
    ErrorCode code;
    std::string path;
  };
  const std::vector<Bad> cases{
      {{{"lr", 0.1}, {"batchSize", 101}}, ErrorCode::batch_too_large, "batchSize"},
      {{{"lr", 0.1}, {"batchSize", 0}}, ErrorCode::invalid_value, "set.batchSize"},
      {{{"batchSize", 50}, {"lr", -1}}, ErrorCode::invalid_value, "set.lr"},
      {{{"batchSize", 50}, {"lr", "fast"}}, ErrorCode::type_mismatch, "set.lr"},
      {{{"lr", std::nan("")}}, ErrorCode::invalid_value, "set.lr"},
      {{{"learningRate", 1}}, ErrorCode::unknown_option, "set.learningRate"},
      {{{"shuffle", false}}, ErrorCode::unknown_option, "set.shuffle"},
      {{{"lr", 0.1}, {"momentum", 0.9}}, ErrorCode::invalid_value, "set.momentum"},
      {{{"clipNorm", -1}}, ErrorCode::invalid_value, "set.clipNorm"},
      {{{"steps", 1e300}}, ErrorCode::type_mismatch, "set.steps"},
      {7, ErrorCode::type_mismatch, "set"},
  };
  for (const Bad& bad : cases) {
    const auto error = error_of([&] { trainer.set(bad.changes); });
    ASSERT_TRUE(error) << bad.changes;
    EXPECT_EQ(name(error->code), name(bad.code)) << error->what();
    EXPECT_EQ(error->path, bad.path) << bad.changes;
    EXPECT_EQ(trainer.status(), before) << bad.changes;
  }
  trainer.advance({.steps = 1});
  EXPECT_EQ(trainer.step(), 2);
}

}  // namespace
}  // namespace trainyard
