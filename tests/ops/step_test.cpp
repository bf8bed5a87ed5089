// Ops that depend on the step or leave something behind: dropout's mask, batch norm's running statistics.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ops/all.hpp"
#include "ops/case_graph.hpp"
#include "ops/dropout.hpp"
#include "ops/norm.hpp"

namespace trainyard::testing_ops {
namespace {

OpCase dropout(double probability) {
  return {.name = "dropout", .build = [probability](Builder& b) {
            return b.graph.add(ops::dropout, {b.input("x", {.low = 1, .high = 2})},
                               Attributes(ops::DropoutAttributes{.probability = probability}));
          }};
}

const Instance square{.shapes = {{"x", {40, 50}}}};

std::vector<double> output(const CaseGraph& g, const StepContext& context, std::int64_t rows = 0) {
  return run_guarded(g, {.rows = rows, .context = context}).at("output");
}

TEST(Dropout, DropsTheShareThatItIsGivenAndKeepsTheMean) {
  const CaseGraph g(dropout(0.375), square);
  const std::vector<double> y = output(g, {.seed = 1});
  const std::vector<double>& x = g.inputs.front().numbers.values;
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (y[i] == 0) {
      ++dropped;
    } else {
      EXPECT_NEAR(y[i], x[i] / 0.625, 1e-6);
    }
  }
  const double share = static_cast<double>(dropped) / static_cast<double>(y.size());
  EXPECT_NEAR(share, 0.375, 4 * std::sqrt(0.375 * 0.625 / 2000));
}

TEST(Dropout, ItsEndsAreEverythingAndNothing) {
  const CaseGraph none(dropout(0), square);
  EXPECT_EQ(output(none, {}), none.inputs.front().numbers.values);
  const std::vector<double> nothing = output(CaseGraph(dropout(1), square), {});
  EXPECT_TRUE(std::ranges::all_of(nothing, [](double v) { return v == 0; }));
}

TEST(Dropout, TheMaskFollowsFromSeedStepAndPlaceInTheWholeBatch) {
  const CaseGraph g(dropout(0.5), square);
  const std::vector<double> y = output(g, {.seed = 1, .step = 7});
  EXPECT_EQ(y, output(g, {.seed = 1, .step = 7}));
  EXPECT_NE(y, output(g, {.seed = 1, .step = 8}));
  EXPECT_NE(y, output(g, {.seed = 2, .step = 7}));
  // A micro-batch of rows 13 … 39: the same zeros as in the whole batch.
  const std::vector<double> part = output(g, {.seed = 1, .step = 7, .first_row = 13}, 27);
  for (std::size_t i = 0; i < part.size(); ++i) EXPECT_EQ(part[i] == 0, y[13 * 50 + i] == 0) << i;
}

TEST(BatchNorm, WithoutMomentumTheRunningStatisticsAreTheMeanOfAllBatches) {
  const OpCase norm{.name = "batch_norm", .build = [](Builder& b) {
                      return ops::add_batch_norm(b.graph, {.x = b.input("x", {.low = -2, .high = 3}),
                                                           .weight = {},
                                                           .bias = {},
                                                           .running_mean = b.state("running_mean"),
                                                           .running_var = b.state("running_var"),
                                                           .num_batches_tracked = b.state("batches", {}, DType::i32),
                                                           .momentum = -1});
                    }};
  const Instance instance{.shapes = {{"x", {6, 2}}, {"running_mean", {2}}, {"running_var", {2}}, {"batches", {}}}};
  const CaseGraph g(norm, instance, {.gradients = false});
  const std::vector<double>& x = g.inputs.front().numbers.values;
  double mean = 0, variance = 0;
  for (std::size_t r = 0; r < 6; ++r) mean += x[2 * r] / 6;
  for (std::size_t r = 0; r < 6; ++r) variance += (x[2 * r] - mean) * (x[2 * r] - mean) / 5;
  Runner runner(g, {});
  runner.set("batches", {2});  // two batches before this one
  runner.run();
  const auto before = [&](const std::string& name) {
    return std::ranges::find(g.inputs, name, &Builder::Input::name)->numbers.values[0];
  };
  const Results after = runner.results();
  EXPECT_EQ(after.at("state batches"), std::vector<double>{3});
  EXPECT_NEAR(after.at("state running_mean")[0], (2 * before("running_mean") + mean) / 3, 1e-6);
  EXPECT_NEAR(after.at("state running_var")[0], (2 * before("running_var") + variance) / 3, 1e-6);
}

}  // namespace
}  // namespace trainyard::testing_ops
