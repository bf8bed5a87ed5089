// What is different while training: dropout draws, batch norm looks at the batch and keeps running statistics.
#include <gtest/gtest.h>

#include "layers/layer_case.hpp"
#include "support/numbers.hpp"
#include "support/weighed.hpp"
#include "train/compile.hpp"

namespace trainyard::testing_layers {
namespace {

struct Ran {
  std::vector<double> output, input_gradient;
};

/// One run over `rows` rows of ones, with a cotangent of ones.
Ran run(const Model& model, std::int64_t rows, bool training, std::uint64_t step = 0, std::uint64_t seed = 0) {
  ThreadPool pool(1);
  const Weighed loss;
  const Compiled c = compile(
      model, {.mode = Mode::inspect, .capacity = rows, .loss = &loss, .training = training, .input_gradients = true},
      pool);
  const auto width = static_cast<std::size_t>(rows * model.options().inputs.front().shape.size());
  fill(c, c.inputs.front(), std::vector<double>(width, 1.0));
  fill(c, c.target, std::vector<double>(width, 1.0));
  fill(c, c.seed, std::vector<double>(static_cast<std::size_t>(rows), 1.0));
  StepContext context;
  context.seed = seed;
  context.step = step;
  c.executor->run(rows, context);
  return {numbers_of(c, c.outputs.front(), rows), numbers_of(c, c.gradients[c.inputs.front().index()], rows)};
}

TEST(Modes, DropoutDropsItsShareAndScalesTheRest) {
  const Model model(network({{"type", "dropout"}, {"p", 0.25}}, 1), {.inputs = inputs({{500}})});
  const Ran trained = run(model, 40, true);
  double dropped = 0;
  for (const double y : trained.output) {
    EXPECT_TRUE(y == 0 || std::abs(y - 1 / 0.75) < 1e-6) << y;
    dropped += y == 0 ? 1 : 0;
  }
  EXPECT_NEAR(dropped / 20000, 0.25, 0.012);  // four standard deviations
  EXPECT_EQ(trained.input_gradient, trained.output) << "the gradient passes where the number passed";
  EXPECT_EQ(run(model, 40, true).output, trained.output) << "drawn from seed and step alone";
  EXPECT_NE(run(model, 40, true, 1).output, trained.output);
  EXPECT_NE(run(model, 40, true, 0, 1).output, trained.output);
  EXPECT_EQ(run(model, 40, false).output, std::vector<double>(20000, 1.0));
}

TEST(Modes, DropoutOfNothingAndOfAll) {
  const Model none(network({{"type", "dropout"}, {"p", 0}}, 1), {.inputs = inputs({{500}})});
  EXPECT_EQ(run(none, 2, true).output, std::vector<double>(1000, 1.0));
  const Model all(network({{"type", "dropout"}, {"p", 1}}, 1), {.inputs = inputs({{500}})});
  EXPECT_EQ(run(all, 2, true).output, std::vector<double>(1000, 0.0));
  EXPECT_EQ(run(all, 2, true).input_gradient, std::vector<double>(1000, 0.0));
  EXPECT_EQ(run(all, 2, false).output, std::vector<double>(1000, 1.0));
}

TEST(Modes, TwoDropoutsDrawApart) {
  const Json half{{"type", "dropout"}, {"p", 0.5}};
  const Model two(Json{{"layers", Json::array({half, half})}}, {.inputs = inputs({{500}})});
  double passed = 0;
  for (const double y : run(two, 40, true).output) passed += y > 0 ? 1 : 0;
  EXPECT_NEAR(passed / 20000, 0.25, 0.012);
}

TEST(Modes, EvaluationLeavesBatchNormAsItIs) {
  const Model model(network("batchNorm1d", 1), {.inputs = inputs({{3}})});
  run(model, 4, false);
  EXPECT_EQ(numbers_of(model, "0.running_mean"), std::vector<double>(3, 0.0));
  EXPECT_EQ(numbers_of(model, "0.num_batches_tracked"), std::vector<double>(1, 0.0));
  for (int step = 0; step < 3; ++step) run(model, 4, true);
  EXPECT_EQ(numbers_of(model, "0.num_batches_tracked"), std::vector<double>(1, 3.0));
  for (const double mean : numbers_of(model, "0.running_mean")) EXPECT_NEAR(mean, 1 - 0.9 * 0.9 * 0.9, 1e-6);
}

TEST(Modes, BatchNormOfOneRowHasNoVariance) {
  const Model model(network("batchNorm1d", 1), {.inputs = inputs({{3}})});
  for (const double y : run(model, 1, true).output) EXPECT_TRUE(std::isfinite(y));
  for (const double v : numbers_of(model, "0.running_var")) EXPECT_TRUE(std::isfinite(v)) << v;
}

}  // namespace
}  // namespace trainyard::testing_layers
