// Every value on the way through a model, and its gradient.
#include "train/inspector.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/errors.hpp"
#include "train/models.hpp"

namespace trainyard {
namespace {

const Inspected* find(const std::vector<Inspected>& all, const std::string& name, std::string_view role) {
  const auto it = std::ranges::find_if(all, [&](const Inspected& i) { return i.array.name == name && i.role == role; });
  return it == all.end() ? nullptr : &*it;
}

/// Three points with class ids and dense targets.
Dataset three_points(const std::vector<std::int32_t>& ids = {0, 1, 1}, bool dense = false) {
  DatasetParts parts;
  parts.rows = 3;
  parts.inputs.push_back(column<float>("x", {2}, DType::f32, {1, 2, -1, 0.5F, 0.25F, -2}));
  if (dense) {
    parts.targets.push_back(column<float>("y", {2}, DType::f32, {1, 0, 0, 1, 0.5F, 0.5F}));
  } else {
    parts.targets.push_back(column("y", {}, DType::i32, ids));
  }
  return Dataset(std::move(parts));
}

TEST(Inspector, ShowsWhereAttentionLooks) {
  ThreadPool pool(1);
  const Json layers{{{"type", "embedding"}, {"vocab", 3}, {"dim", 4}},
                    {{"type", "multiHeadAttention"}, {"heads", 2}, {"causal", true}, {"names", "llama"}},
                    "flatten",
                    {{"type", "linear"}, {"out", 2}}};
  Model model({{"layers", layers}}, takes({3}));
  // Queries and keys are all zero: each place looks at all up to itself alike.
  const std::vector<float> zeros(16, 0.0F);
  model.write(model.find("1.q_proj.weight"), std::span(zeros));
  DatasetParts parts;
  parts.rows = 2;
  parts.inputs.push_back(column<std::int32_t>("x", {3}, DType::i32, {0, 1, 2, 2, 2, 1}));
  Inspector inspector(model, pool);
  const auto all = inspector.inspect(Dataset(std::move(parts)), Json::object());
  const Inspected* weights = find(all, "1", "attention");
  ASSERT_NE(weights, nullptr);
  EXPECT_EQ(weights->layer, "layers[1] multiHeadAttention");
  EXPECT_EQ(weights->array.shape, (std::vector<std::int64_t>{2, 2, 3, 3}));
  for (std::size_t head = 0; head < 4; ++head) {
    const float want[] = {1, 0, 0, 0.5F, 0.5F, 0, 1 / 3.0F, 1 / 3.0F, 1 / 3.0F};
    for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(weights->array.numbers[9 * head + i], want[i], 1e-6);
  }
}

TEST(Inspector, ShowsEveryValueWithItsPlaceAndGradient) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  Inspector inspector(model, pool);
  const Dataset data = three_points();
  const auto all = inspector.inspect(data, {{"loss", "crossEntropy"}, {"gradients", true}});
  const Inspected* x = find(all, "x", "input");
  ASSERT_NE(x, nullptr);
  EXPECT_EQ(x->array.shape, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(x->array.numbers, (std::vector<float>{1, 2, -1, 0.5F, 0.25F, -2}));
  const Inspected* hidden = find(all, "1", "activation");
  ASSERT_NE(hidden, nullptr);
  EXPECT_EQ(hidden->layer, "layers[1] tanh");
  EXPECT_EQ(hidden->op, "tanh");
  EXPECT_EQ(hidden->array.shape, (std::vector<std::int64_t>{3, 8}));
  const Inspected* linear = find(all, "0", "activation");
  ASSERT_NE(linear, nullptr);
  for (std::size_t i = 0; i < 24; ++i) {
    EXPECT_NEAR(hidden->array.numbers[i], std::tanh(linear->array.numbers[i]), 1e-6);
  }
  const Inspected* loss = find(all, "loss", "loss");
  ASSERT_NE(loss, nullptr);
  EXPECT_EQ(loss->array.shape, (std::vector<std::int64_t>{3}));

  // d mean loss / d logits = (softmax - one hot) / 3, and the biases' gradient is its sum.
  const Inspected* logits = find(all, "2", "activation");
  const Inspected* d = find(all, "2", "gradient");
  ASSERT_TRUE(logits != nullptr && d != nullptr);
  std::vector<float> sums(2);
  for (std::size_t r = 0; r < 3; ++r) {
    const float* z = logits->array.numbers.data() + 2 * r;
    const double p0 = 1 / (1 + std::exp(static_cast<double>(z[1] - z[0])));
    const double want = (p0 - (r == 0 ? 1 : 0)) / 3;
    EXPECT_NEAR(d->array.numbers[2 * r], want, 1e-6);
    EXPECT_NEAR(d->array.numbers[2 * r + 1], -want, 1e-6);
    sums[0] += d->array.numbers[2 * r];
    sums[1] += d->array.numbers[2 * r + 1];
  }
  const auto bias = read(model, "2.bias", Content::gradient);
  EXPECT_NEAR(bias[0], sums[0], 1e-6);
  EXPECT_NEAR(bias[1], sums[1], 1e-6);
  EXPECT_NE(find(all, "x", "gradient"), nullptr) << "what the input would have to change";
}

TEST(Inspector, GivesWhatIsAskedForAndTheSameAgain) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  Inspector inspector(model, pool);
  const Json options{{"values", {"layers[1] tanh", "x"}}};
  const auto first = inspector.inspect(three_points(), options);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].array.name, "x");
  EXPECT_EQ(first[1].array.name, "1");
  EXPECT_EQ(inspector.inspect(three_points(), options)[1].array.numbers, first[1].array.numbers);
}

TEST(Inspector, TargetsOfAnotherKindAreAnotherPlan) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  Inspector inspector(model, pool);
  const Json options{{"loss", "crossEntropy"}, {"gradients", true}};
  const auto ids = inspector.inspect(three_points({0, 1, 1}), options);
  const auto dense = inspector.inspect(three_points({}, true), options);
  const auto again = inspector.inspect(three_points({0, 1, 1}), options);
  const auto loss = [](const std::vector<Inspected>& all) { return find(all, "loss", "loss")->array.numbers; };
  EXPECT_EQ(loss(again), loss(ids));
  EXPECT_NEAR(loss(dense)[0], loss(ids)[0], 1e-6);
  EXPECT_NEAR(loss(dense)[1], loss(ids)[1], 1e-6);
  EXPECT_GT(std::abs(loss(dense)[2] - loss(ids)[2]), 1e-3);
}

TEST(Inspector, LooksAtModelsAsTheyTrainWhereAsked) {
  ThreadPool pool(1);
  const Model model(parse_json(R"({"layers":[{"type":"dropout","p":0.5}]})", "model"), takes({2}));
  const Dataset data = three_points();
  Inspector inspector(model, pool);
  EXPECT_EQ(find(inspector.inspect(data, Json::object()), "0", "activation"), nullptr);
  const auto trained = inspector.inspect(data, {{"training", true}});
  const Inspected* dropped = find(trained, "0", "activation");
  ASSERT_NE(dropped, nullptr);
  const Inspected* x = find(trained, "x", "input");
  for (std::size_t i = 0; i < 6; ++i) {
    const float y = dropped->array.numbers[i];
    EXPECT_TRUE(y == 0 || y == 2 * x->array.numbers[i]);
  }
}

TEST(Inspector, LeavesTheNumbersOfTheModelAsTheyAre) {
  ThreadPool pool(1);
  const Json layers{{{"type", "linear"}, {"out", 3}}, "batchNorm1d", {{"type", "linear"}, {"out", 2}}};
  Model model({{"layers", layers}}, takes({2}));
  const auto data = std::make_shared<const Dataset>(three_points());
  Trainer trainer(model, data, nullptr, {{"steps", 2}, {"batchSize", 2}}, pool);
  trainer.advance({.steps = 1});
  const auto numbers = read_all(model);
  Inspector inspector(model, pool);
  const auto all = inspector.inspect(*data, {{"training", true}, {"gradients", true}, {"loss", "crossEntropy"}});
  EXPECT_NE(find(all, "1", "gradient"), nullptr);
  EXPECT_EQ(read_all(model), numbers) << "running statistics too";
}

TEST(Inspector, RefusesWhatItCannotShow) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  Inspector inspector(model, pool);
  const auto error = [&](const Dataset& data, const Json& options) {
    return error_of([&] { static_cast<void>(inspector.inspect(data, options)); });
  };
  const auto no_loss = error(three_points(), {{"gradients", true}});
  ASSERT_TRUE(no_loss);
  EXPECT_EQ(no_loss->code, ErrorCode::missing_option);
  EXPECT_EQ(no_loss->path, "inspect.loss");
  const auto label = error(three_points({0, 2, 1}), {{"loss", "crossEntropy"}});
  ASSERT_TRUE(label);
  EXPECT_EQ(label->code, ErrorCode::invalid_label);
  EXPECT_EQ(label->path, "y[1]");
  EXPECT_EQ(label->expected, "[0, 2)");
  EXPECT_EQ(label->got, "2");
  const auto no_target = error(inputs_of({2}, {1, 2}), {{"loss", "mse"}});
  ASSERT_TRUE(no_target);
  EXPECT_EQ(no_target->code, ErrorCode::missing_option);
  EXPECT_EQ(no_target->path, "data.targets");
  const auto option = error(three_points(), {{"gradient", true}});
  ASSERT_TRUE(option);
  EXPECT_EQ(option->hint.argument, "gradients");
  EXPECT_FALSE(error(three_points(), {{"loss", "crossEntropy"}})) << "usable afterwards";
}

}  // namespace
}  // namespace trainyard
