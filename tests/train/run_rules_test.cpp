// What a run promises beside learning: pauses amid a validation, the way back, which options go together.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "train/fixtures.hpp"
#include "train/predictor.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

class RunRules : public testing::Test {
 protected:
  static Json options(const char* text) { return parse_json(text, "fit"); }
  Trainer start(const char* text, std::shared_ptr<const Dataset> validation = nullptr) {
    return {model, data, std::move(validation), options(text), pool};
  }
  /// The error of an action; ends the test without one.
  template <class F>
  static Error error_of(F&& action) {
    try {
      action();
    } catch (const Error& e) {
      return e;
    }
    ADD_FAILURE() << "no error";
    return {ErrorCode::internal, "", "", ""};
  }
  [[nodiscard]] std::vector<float> read(const char* name) const {
    const ParamId id = model.find(name);
    std::vector<float> numbers(static_cast<std::size_t>(model.parameters()[id].shape.size()));
    model.read(id, std::span<float>(numbers));
    return numbers;
  }

  ThreadPool pool{1};
  std::shared_ptr<const Dataset> data = xor_points(100);
  Model model{
      parse_json(R"({"layers":[{"type":"linear","out":8},{"type":"tanh"},{"type":"linear","out":2}]})", "model"),
      {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1}};
};

TEST_F(RunRules, AValidationIsLeftAndGoneOnWith) {
  Trainer trainer = start(R"({"steps":2,"valEvery":1,"batchSize":10})", xor_points(5000));
  // No time at all: one chunk a call.
  Json result = trainer.advance({.milliseconds = 0});
  EXPECT_EQ(trainer.step(), 1);
  EXPECT_TRUE(result.value("validating", false));
  int calls = 1;
  Json looks = Json::array();
  while (trainer.state() == Trainer::State::running && calls < 1000) {
    result = trainer.advance({.milliseconds = 0});
    ++calls;
    for (const Json& event : result["events"]) {
      if (event["type"] == "validation") looks.push_back(event);
    }
  }
  EXPECT_GE(calls, 2 * (5000 / 256));
  ASSERT_EQ(looks.size(), 2U);
  EXPECT_EQ(looks[0]["step"], 1);
  EXPECT_EQ(looks[1]["step"], 2);
  EXPECT_EQ(looks[1]["val"]["rows"], 5000);

  // The same as in one go.
  Model other{
      parse_json(R"({"layers":[{"type":"linear","out":8},{"type":"tanh"},{"type":"linear","out":2}]})", "model"),
      {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1}};
  Trainer whole(other, data, xor_points(5000), options(R"({"steps":2,"valEvery":1,"batchSize":10})"), pool);
  EXPECT_EQ(whole.advance({})["events"][1]["val"], looks[1]["val"]);
}

TEST_F(RunRules, ADivergenceAfterAChangedRateIsFoundAtOnce) {
  Trainer trainer = start(R"({"epochs":1000,"loss":"mse","target":"dense","optimizer":{"type":"sgd","lr":0.1}})");
  trainer.advance({.steps = 20});
  trainer.set(Json{{"lr", 1e38}});
  const Json result = trainer.advance({.steps = 100});
  ASSERT_EQ(result["state"], "diverged");
  EXPECT_NE(result["events"].back()["layer"], "");
  for (const float x : read("0.weight")) EXPECT_TRUE(std::isfinite(x));
}

TEST_F(RunRules, ADivergenceByWeightsFromOutsideHasItsLayer) {
  Trainer trainer = start(R"({"epochs":1000})");
  trainer.advance({.steps = 3});
  model.write_one(model.find("2.bias"), 1, std::nan(""));
  const Json result = trainer.advance({.steps = 100});
  ASSERT_EQ(result["state"], "diverged");
  EXPECT_EQ(result["events"].back()["layer"], "layers[2] linear");
  for (const float x : read("2.bias")) EXPECT_TRUE(std::isfinite(x));
}

TEST_F(RunRules, PenaltiesLeaveBiasesAlone) {
  // Without a gradient (all weights of examples that count are on ignored labels) only the penalties move anything.
  model.write(model.find("0.bias"), std::span<const float>(std::vector<float>(8, 0.5F)));
  const std::vector<float> weight = read("0.weight");
  Trainer trainer = start(
      R"({"steps":1,"batchSize":1,"l1":0.25,"l2":0.5,"loss":{"type":"crossEntropy","classWeights":[0,0]},
          "optimizer":{"type":"sgd","lr":0.1}})");
  trainer.advance({});
  EXPECT_EQ(read("0.bias"), std::vector<float>(8, 0.5F));
  const std::vector<float> moved = read("0.weight");
  for (std::size_t i = 0; i < weight.size(); ++i) {
    EXPECT_NEAR(moved[i], weight[i] - 0.1F * (0.25F * std::copysign(1.0F, weight[i]) + 0.5F * weight[i]), 1e-6F);
  }
}

TEST_F(RunRules, WhatWatchesValidationNeedsIt) {
  for (const char* text : {R"({"schedule":"reduceOnPlateau"})", R"({"earlyStopping":{}})"}) {
    const Error error = error_of([&] { start(text); });
    EXPECT_EQ(error.code, ErrorCode::missing_option) << text;
    EXPECT_EQ(error.path, "fit.val");
  }
  for (const char* text : {R"({"schedule":{"type":"reduceOnPlateau","monitor":"accuracy"}})",
                           R"({"earlyStopping":{"monitor":"acuracy"},"metrics":["accuracy"]})",
                           R"({"earlyStopping":{"monitor":"confusionMatrix"},"metrics":["confusionMatrix"]})"}) {
    EXPECT_EQ(error_of([&] { start(text, data); }).code, ErrorCode::invalid_value) << text;
  }
}

TEST_F(RunRules, TheUsualBatchIsNoLargerThanTheData) {
  data = xor_points(5);
  Trainer trainer = start(R"({"epochs":2})");
  trainer.advance({});
  EXPECT_EQ(trainer.step(), 2);
  EXPECT_EQ(error_of([&] { start(R"({"batchSize":32})"); }).code, ErrorCode::batch_too_large);
}

TEST_F(RunRules, ALabelThatIsIgnoredIsNoWrongLabel) {
  DatasetParts parts;
  parts.rows = 2;
  parts.inputs.push_back(column("x", {2}, DType::f32, std::vector<float>{0, 1, 2, 3}));
  parts.targets.push_back(column("y", {}, DType::i32, std::vector<std::int32_t>{0, -100}));
  data = std::make_shared<const Dataset>(std::move(parts));
  Trainer trainer = start(R"({"steps":1})", data);
  trainer.advance({});
  EXPECT_TRUE(std::isfinite(trainer.loss()));
  const Error error = error_of([&] { start(R"({"loss":{"type":"crossEntropy","ignoreIndex":-1}})"); });
  EXPECT_EQ(error.code, ErrorCode::invalid_label);
}

TEST_F(RunRules, WhatDoesNotFitMemoryIsRefusedWithItsBytes) {
  Model wide(parse_json(R"({"layers":[{"type":"linear","out":1048576},{"type":"linear","out":2}]})", "model"),
             {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  // 2^20 numbers a row: 2^32 bytes are 1024 rows, and 2^40 of them are more than any machine has.
  CompileOptions compiling;
  for (const std::int64_t rows : {std::int64_t{1} << 28, (std::int64_t{1} << 40) + 1}) {
    compiling.capacity = rows;
    const Error error = error_of([&] { static_cast<void>(compile(wide, compiling, pool)); });
    EXPECT_EQ(error.code, ErrorCode::out_of_memory) << rows;
    EXPECT_GT(std::stod(error.got), std::stod(error.expected.substr(3))) << error.got;
  }
}

TEST_F(RunRules, ABatchTooLargeForMemoryChangesNothing) {
  Model wide(parse_json(R"({"layers":[{"type":"linear","out":4194304},{"type":"linear","out":2}]})", "model"),
             {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  data = xor_points(1'000'000);
  Trainer trainer(wide, data, nullptr, options(R"({"epochs":9,"batchSize":1})"), pool);
  trainer.advance({.steps = 1});
  EXPECT_EQ(error_of([&] { trainer.set(Json{{"batchSize", 1'000'000}}); }).code, ErrorCode::out_of_memory);
  trainer.advance({.steps = 1});
  EXPECT_EQ(trainer.step(), 2);
  EXPECT_EQ(trainer.status()["row"], 2);
}

TEST_F(RunRules, SettingSaysWhatStaysFixed) {
  Trainer trainer = start(R"({"epochs":9})");
  EXPECT_EQ(error_of([&] { trainer.set(Json{{"amsgrad", true}}); }).hint.argument, "amsgrad");
  EXPECT_EQ(error_of([&] { trainer.set(Json{{"type", "sgd"}}); }).code, ErrorCode::unknown_option);
}

}  // namespace
}  // namespace trainyard
