// Parameters by name: read and written in PyTorch's layout, at once in force, frozen and thawed, shared by two layers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "io/safetensors.hpp"
#include "io/state_dict.hpp"
#include "support/errors.hpp"
#include "train/models.hpp"
#include "train/predictor.hpp"

namespace trainyard {
namespace {

constexpr double lr = 0.125;

Json plain_sgd() { return {{"steps", 100}, {"batchSize", 20}, {"optimizer", {{"type", "sgd"}, {"lr", lr}}}}; }

TEST(Parameters, AreReadAndWrittenAsPyTorchHasThem) {
  ThreadPool pool(1);
  Model model(parse_json(R"({"layers":[{"type":"linear","out":2}]})", "model"), takes({3}));
  const std::vector<float> weight{1, 2, 3, 10, 20, 30};  // [out, in]: one row for each output
  model.write(model.find("0.weight"), weight);
  model.write(model.find("0.bias"), std::vector<float>{0.5F, -0.5F});
  EXPECT_EQ(read(model, "0.weight"), weight);
  const auto y = Predictor(model, pool).predict(inputs_of({3}, {1, 0, 2})).front().numbers;
  EXPECT_EQ(y, (std::vector<float>{7.5F, 69.5F}));
  model.write_one(model.find("0.weight"), 5, 0);
  EXPECT_EQ(read(model, "0.weight"), (std::vector<float>{1, 2, 3, 10, 20, 0}));
}

TEST(Parameters, RefuseOtherNamesCountsAndPlaces) {
  Model model(two_layers(), takes({2}));
  const auto before = read_all(model);
  const auto unknown = error_of([&] { static_cast<void>(model.find("0.wieght")); });
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->code, ErrorCode::parameter_mismatch);
  EXPECT_EQ(unknown->path, "parameters");
  EXPECT_EQ(unknown->expected, "0.weight, 0.bias, 2.weight, 2.bias");
  EXPECT_EQ(unknown->hint.argument, "0.weight");
  const auto count = error_of([&] { model.write(model.find("0.weight"), std::vector<float>(15)); });
  ASSERT_TRUE(count);
  EXPECT_EQ(count->code, ErrorCode::parameter_mismatch);
  EXPECT_EQ(count->path, "0.weight");
  EXPECT_EQ(count->expected, "[8, 2] = 16");
  EXPECT_EQ(count->got, "15");
  for (const std::int64_t index : {-1, 16}) {
    const auto place = error_of([&] { model.write_one(model.find("0.weight"), index, 0); });
    ASSERT_TRUE(place);
    EXPECT_EQ(place->code, ErrorCode::invalid_value);
    EXPECT_EQ(place->expected, "[0, 16)");
  }
  EXPECT_EQ(read_all(model), before);
}

TEST(Parameters, WrittenWhileTrainingAreWhatTheNextStepStartsFrom) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  Trainer trainer(model, xor_points(100), nullptr, plain_sgd(), pool);
  trainer.advance({.steps = 3});
  const std::vector<float> mine(16, 0.25F);
  model.write(model.find("0.weight"), mine);
  const auto bias = read(model, "2.bias");
  trainer.advance({.steps = 1});
  for (const auto& [name, start] : {std::pair{"0.weight", mine}, std::pair{"2.bias", bias}}) {
    const auto now = read(model, name);
    const auto gradient = read(model, name, Content::gradient);
    std::vector<float> step(now.size());
    trainer.read_update(model.find(name), std::span<float>(step));
    for (std::size_t i = 0; i < now.size(); ++i) {
      EXPECT_NEAR(now[i], start[i] - lr * gradient[i], 1e-6) << name;
      EXPECT_NEAR(step[i], -lr * gradient[i], 1e-6) << name;
    }
    EXPECT_TRUE(std::ranges::any_of(gradient, [](float g) { return g != 0; })) << name;
  }
}

TEST(Parameters, FrozenStayAndHaveNeitherGradientNorOptimizerState) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  Json options = plain_sgd();
  options["optimizer"] = {{"type", "adam"}, {"lr", 0.05}, {"weightDecay", 0.1}};
  options["l2"] = 0.1;
  Trainer trainer(model, xor_points(100), nullptr, options, pool);
  const ParamId id = model.find("0.weight");
  const auto slot = [&](int i) {
    const auto* at =
        reinterpret_cast<const float*>(trainer.learner().slot(i) + model.places().where[id.index()].offset);
    return std::vector<float>(at, at + 16);
  };
  const std::vector<float> zeros(16, 0.0F);

  model.freeze(id, true);
  const auto before = read(model, "0.weight");
  const auto other = read(model, "2.weight");
  trainer.advance({.steps = 5});
  EXPECT_EQ(read(model, "0.weight"), before);
  EXPECT_EQ(read(model, "0.weight", Content::gradient), zeros);
  EXPECT_EQ(slot(0), zeros);
  EXPECT_EQ(slot(1), zeros);
  EXPECT_NE(read(model, "2.weight"), other);
  const Json summary = model.summary();
  EXPECT_EQ(summary["parameters"], 42);
  EXPECT_EQ(summary["trainable"], 26);
  EXPECT_EQ(summary["layers"][0]["trainable"], 8);
  EXPECT_EQ(model.parameter_list()[0]["trainable"], false);

  model.freeze(id, false);
  trainer.advance({.steps = 1});
  EXPECT_NE(read(model, "0.weight"), before);
  EXPECT_NE(slot(1), zeros);
  const auto thawed = read(model, "0.weight");
  model.freeze(id, true);
  trainer.advance({.steps = 2});
  EXPECT_EQ(read(model, "0.weight"), thawed);
  EXPECT_EQ(read(model, "0.weight", Content::gradient), zeros) << "clipping must not see an old gradient";
}

TEST(Parameters, WhatThawsBeginsAsIfTheRunDid) {
  // As in PyTorch, where a parameter without gradient has no step: Adam's first update is lr whatever the gradient.
  ThreadPool pool(1);
  const Json options{{"optimizer", {{"type", "adam"}, {"lr", 0.01}, {"eps", 0}}}, {"steps", 400}};
  Model model(two_layers(), takes({2}));
  const ParamId id = model.find("0.weight");
  Trainer trainer(model, xor_points(100), nullptr, options, pool);
  trainer.advance({.steps = 2});
  model.freeze(id, true);
  const ParamId other = model.find("2.bias");
  model.freeze(other, true);
  trainer.advance({.steps = 150});
  model.freeze(id, false);
  trainer.advance({.steps = 3});
  const auto before = read(model, "2.bias");
  model.freeze(other, false);
  const Trainer::Preview preview = trainer.preview(std::array{other}).front();
  trainer.advance({.steps = 1});
  const auto after = read(model, "2.bias");
  // Two updates before, this is the third: bias correction of 0.9 and 0.999 to the third.
  const auto* mean =
      reinterpret_cast<const float*>(trainer.learner().slot(0) + model.places().where[other.index()].offset);
  const auto* square =
      reinterpret_cast<const float*>(trainer.learner().slot(1) + model.places().where[other.index()].offset);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const double m = static_cast<double>(mean[i]) / (1 - std::pow(0.9, 3));
    const double v = static_cast<double>(square[i]) / (1 - std::pow(0.999, 3));
    EXPECT_NEAR(after[i] - before[i], -0.01 * m / std::sqrt(v), 1e-6) << i;
    EXPECT_NEAR(preview.update[i], after[i] - before[i], 1e-7) << "a preview counts for nothing";
  }
}

TEST(Parameters, AllFrozenIsARunThatChangesNothing) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  for (const char* name : {"0.weight", "0.bias", "2.weight", "2.bias"}) model.freeze(model.find(name), true);
  const auto before = read_all(model);
  Trainer trainer(model, xor_points(40), nullptr, plain_sgd(), pool);
  EXPECT_EQ(trainer.advance({.steps = 3})["state"], "running");
  EXPECT_EQ(read_all(model), before);
  EXPECT_GT(trainer.loss(), 0);
}

/// Two inputs through one layer, its outputs added: y = W (a + b) + 2 c.
Json shared_network() {
  return parse_json(R"({"nodes":[{"name":"one","type":"linear","out":2,"inputs":["a"]},
                                 {"name":"two","type":"linear","out":2,"shares":"one","inputs":["b"]},
                                 {"name":"sum","type":"add","inputs":["one","two"]}]})",
                    "model");
}
ModelOptions two_inputs() { return {.inputs = {{.name = "a", .shape = {3}}, {.name = "b", .shape = {3}}}, .seed = 3}; }

/// The same numbers as two inputs, and as their sum.
std::shared_ptr<const Dataset> pairs(bool summed) {
  std::vector<float> a, b, s, y;
  for (int i = 0; i < 60; ++i) {
    a.push_back(static_cast<float>(i % 7) / 8 - 0.25F);
    b.push_back(static_cast<float>(i % 5) / 4 - 0.5F);
    s.push_back(a.back() + b.back());
    if (i % 3 != 2) y.push_back(static_cast<float>(i % 4) / 2);
  }
  DatasetParts parts;
  parts.rows = 20;
  if (summed) {
    parts.inputs.push_back(column("x", {3}, DType::f32, s));
  } else {
    parts.inputs.push_back(column("b", {3}, DType::f32, b));
    parts.inputs.push_back(column("a", {3}, DType::f32, a));
  }
  parts.targets.push_back(column("y", {2}, DType::f32, y));
  return std::make_shared<const Dataset>(std::move(parts));
}

TEST(SharedParameters, AddTheirGradientsAndLearnAsOne) {
  ThreadPool pool(1);
  Model tied(shared_network(), two_inputs());
  EXPECT_EQ(tied.summary()["parameters"], 8);
  Json options = plain_sgd();
  options["loss"] = "mse";
  options["shuffle"] = false;

  // y = W (a + b) + 2 c is one layer over the sum, but for the bias, which counts twice.
  Model one(parse_json(R"({"layers":[{"type":"linear","out":2}]})", "model"), takes({3}));
  one.write(one.find("0.weight"), read(tied, "one.weight"));
  auto bias = read(tied, "one.bias");
  for (float& c : bias) c *= 2;
  one.write(one.find("0.bias"), bias);

  Trainer first(tied, pairs(false), nullptr, options, pool);
  Trainer second(one, pairs(true), nullptr, options, pool);
  first.advance({.steps = 1});
  second.advance({.steps = 1});
  EXPECT_NEAR(first.loss(), second.loss(), 1e-6);
  const auto close = [](const std::vector<float>& a, const std::vector<float>& b, float factor) {
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], factor * b[i], 1e-6);
  };
  close(read(tied, "one.weight", Content::gradient), read(one, "0.weight", Content::gradient), 1);
  close(read(tied, "one.bias", Content::gradient), read(one, "0.bias", Content::gradient), 2);
  close(read(tied, "one.weight"), read(one, "0.weight"), 1);
  EXPECT_EQ(read(tied, "two.weight"), read(tied, "one.weight"));
}

TEST(SharedParameters, AreSavedUnderBothNamesAndReadFromBoth) {
  const Model tied(shared_network(), two_inputs());
  const Bytes bytes = write_state_dict(tied);
  const Safetensors file(bytes.span());
  ASSERT_EQ(file.tensors().size(), 4U);
  for (const char* name : {"one.weight", "one.bias", "two.weight", "two.bias"}) ASSERT_NE(file.find(name), nullptr);
  std::vector<float> one(6), two(6);
  EXPECT_TRUE(file.read(*file.find("one.weight"), std::span<float>(one)));
  EXPECT_TRUE(file.read(*file.find("two.weight"), std::span<float>(two)));
  EXPECT_EQ(one, two);
  Model other(shared_network(), {.inputs = two_inputs().inputs, .seed = 9});
  EXPECT_NE(read_all(other), read_all(tied));
  EXPECT_EQ(read_state_dict(other, bytes.span())["loaded"].size(), 4U);
  EXPECT_EQ(read_all(other), read_all(tied));
  EXPECT_EQ(tied.parameter_list()[0]["names"], Json({"one.weight", "two.weight"}));
}

TEST(SharedParameters, MayBeNamedBeforeTheyAreMadeAndWithinComposites) {
  const Json sequence = parse_json(
      R"({"layers":[{"type":"sequential","shares":"1","layers":[{"type":"linear","out":3}]},
                    {"type":"sequential","layers":[{"type":"linear","out":3}]},
                    {"type":"linear","out":3,"shares":"1.0"}]})",
      "model");
  const Model model(sequence, takes({3}));
  EXPECT_EQ(model.summary()["parameters"], 12);
  EXPECT_EQ(read(model, "0.0.weight"), read(model, "1.0.weight"));
  EXPECT_EQ(read(model, "2.weight"), read(model, "1.0.weight"));
}

}  // namespace
}  // namespace trainyard
