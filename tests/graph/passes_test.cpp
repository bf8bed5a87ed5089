// Each pass, seen in the printed graph before and after.
#include "graph/passes/passes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/arena.hpp"
#include "executors/cpu.hpp"
#include "graph/autodiff.hpp"
#include "graph/print.hpp"
#include "graph/verify.hpp"
#include "ops/affine.hpp"
#include "ops/all.hpp"
#include "ops/conv2d.hpp"
#include "ops/norm.hpp"

namespace trainyard {
namespace {

/// A graph that is put together by hand, with printed parts to look for.
class PassesTest : public testing::Test {
 protected:
  ValueId weight(const std::string& name, std::int64_t out, std::int64_t in) {
    Parameter p;
    p.names = {name};
    p.shape = {out, in};
    p.stored = input_major;
    return graph.parameter(table.get(p));
  }
  ValueId bias(const std::string& name, std::int64_t out) {
    Parameter p;
    p.names = {name};
    p.shape = {out};
    p.kind = ParameterKind::bias;
    return graph.parameter(table.get(p));
  }
  ValueId linear(ValueId x, const std::string& name, std::int64_t out) {
    return graph.add(ops::linear,
                     {x, weight(name + ".weight", out, graph.type(x).shape.back()), bias(name + ".bias", out)});
  }
  void differentiate_mse(ValueId y) {
    const ValueId target = graph.input("y", graph.type(y), Role::target);
    const ValueId seed = graph.input("seed", {.shape = {}}, Role::seed);
    const ValueId loss = graph.add(ops::mse, {y, target});
    graph.keep(loss);
    differentiate(graph, loss, seed);
    verify(graph);
  }
  /// How often the printed graph has this text.
  [[nodiscard]] int count(const std::string& part) const {
    const std::string text = print(graph);
    int n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
  }

  ParameterTable table;
  Graph graph{table};
};

TEST_F(PassesTest, DeadCodeDropsWhatNobodyReadsAndKeepsEffects) {
  const ValueId x = graph.input("x", {.shape = {3}});
  const ValueId used = graph.add(ops::relu, {x});
  graph.add(ops::tanh, {graph.add(ops::sigmoid, {x})});
  Parameter mean;
  mean.names = {"running_mean"};
  mean.shape = {3};
  mean.kind = ParameterKind::state;
  Parameter var = mean;
  var.names = {"running_var"};
  graph.add(ops::batch_norm_stats, {x, graph.parameter(table.get(mean)), graph.parameter(table.get(var))},
            Attributes(ops::BatchNormAttributes{}));
  graph.keep(used);
  EXPECT_EQ(count("tanh(") + count("sigmoid("), 2);
  dead_code(graph);
  verify(graph);
  EXPECT_EQ(count("tanh(") + count("sigmoid("), 0);
  EXPECT_EQ(count("relu("), 1);
  EXPECT_EQ(count("batch_norm_stats("), 1);
}

TEST_F(PassesTest, ConstantsAreFolded) {
  const ValueId x = graph.input("x", {.shape = {2}});
  const ValueId c = graph.constant("c", {2}, {1, -2});
  const ValueId scaled = graph.add(ops::affine, {c}, Attributes(ops::AffineAttributes{.factor = 3, .offset = 1}));
  const ValueId product = graph.add(ops::mul, {scaled, c});
  const ValueId y = graph.add(ops::add, {x, product});
  graph.keep(y);
  EXPECT_EQ(count("affine(c)"), 1);
  EXPECT_EQ(count("mul("), 1);
  fold_constants(graph);
  verify(graph);
  EXPECT_EQ(count("affine("), 0);
  EXPECT_EQ(count("mul("), 0);
  EXPECT_EQ(graph[product].constant, (std::vector<float>{4, 10}));
  EXPECT_EQ(count("add(x, "), 1);
}

TEST_F(PassesTest, ActivationsGoIntoProductsForwardAndBackward) {
  const ValueId x = graph.channels_last(graph.input("x", {.shape = {2, 4, 4}}));
  Parameter kernel;
  kernel.stored = spatial_major;
  kernel.names = {"0.weight"};
  kernel.shape = {3, 2, 3, 3};
  const ValueId w0 = graph.parameter(table.get(kernel));
  kernel.names = {"2.weight"};
  kernel.shape = {5, 3, 2, 2};
  const ValueId w2 = graph.parameter(table.get(kernel));
  const Attributes plain(ops::Conv2dAttributes{});
  const ValueId first = graph.add(ops::conv2d, {x, w0, bias("0.bias", 3)}, plain);
  const ValueId second = graph.add(ops::conv2d, {graph.add(ops::relu, {first}), w2, bias("2.bias", 5)}, plain);
  differentiate_mse(graph.add(ops::gelu, {second}));
  EXPECT_EQ(count("relu("), 1);
  EXPECT_EQ(count("activation_grad("), 2);
  fuse_epilogue(graph);
  verify(graph);
  EXPECT_EQ(count("relu("), 0);
  EXPECT_EQ(count("0.bias) {activation relu}"), 1) << print(graph);
  // relu's derivative needs its output alone and goes into conv2d_dx; gelu's input is read again, so gelu stays.
  EXPECT_EQ(count("gelu("), 1);
  EXPECT_EQ(count("activation_grad("), 1);
  EXPECT_EQ(count("= conv2d_dx("), 1);
}

TEST_F(PassesTest, PlansPutElementwiseResultsInTheirInputsPlace) {
  const ValueId x = graph.input("x", {.shape = {8}});
  const ValueId a = graph.add(ops::relu, {linear(x, "0", 8)});
  const ValueId y = graph.add(ops::tanh, {graph.add(ops::sigmoid, {a})});
  graph.keep(y);
  const ParameterPlaces places = place_parameters(table, Precision::f32);
  const std::string reused = print(make_plan(graph, places, {.capacity = 4}));
  const std::string kept = print(make_plan(graph, places, {.capacity = 4, .keep_all = true}));
  const std::string mark = "(in the place of its input)";
  EXPECT_NE(reused.find("tanh"), std::string::npos);
  int shared = 0;
  for (std::size_t at = reused.find(mark); at != std::string::npos; at = reused.find(mark, at + 1)) ++shared;
  EXPECT_EQ(shared, 3) << reused;
  EXPECT_EQ(kept.find(mark), std::string::npos) << kept;
}

TEST_F(PassesTest, AResultThatIsKeptIsNeverOverwritten) {
  const ValueId x = graph.input("x", {.shape = {8}});
  const ValueId a = graph.add(ops::relu, {x});
  graph.keep(a);
  graph.keep(graph.add(ops::tanh, {a}));
  const std::string plan = print(make_plan(graph, place_parameters(table, Precision::f32), {.capacity = 4}));
  EXPECT_EQ(plan.find("in the place"), std::string::npos) << plan;
}

TEST_F(PassesTest, GradientsOfATiedParameterAreAddedByTheProductItself) {
  const ValueId x = graph.input("x", {.shape = {3}});
  const ValueId w = weight("shared", 3, 3);
  ValueId h = graph.add(ops::linear, {x, w});
  h = graph.add(ops::linear, {graph.add(ops::tanh, {h}), w});
  differentiate_mse(h);
  EXPECT_EQ(count("= linear_dw("), 2);
  EXPECT_EQ(count("gradient of shared = add("), 1) << print(graph);
  optimize(graph);
  EXPECT_EQ(count("= linear_dw("), 1);
  EXPECT_EQ(count("gradient of shared = linear_dw_accumulate("), 1) << print(graph);
  EXPECT_EQ(count("= add("), 0);
}

TEST_F(PassesTest, TheBranchesOfAResidualNetworkAddUpInPlace) {
  const ValueId x = linear(graph.input("x", {.shape = {4}}), "in", 4);
  const ValueId inner = graph.add(ops::tanh, {linear(x, "0", 6)});
  differentiate_mse(graph.add(ops::add, {linear(inner, "2", 4), x}));
  EXPECT_EQ(count("= add("), 2);
  optimize(graph);
  EXPECT_EQ(count("= linear_dx_accumulate("), 1) << print(graph);
  EXPECT_EQ(count("= add("), 1);
}

TEST_F(PassesTest, AProductThatHasADerivativeIsNotMadeToAccumulate) {
  const ValueId x = linear(graph.input("x", {.shape = {4}}), "in", 4);
  const ValueId y = linear(graph.add(ops::relu, {x}), "1", 4);
  differentiate_mse(graph.add(ops::add, {y, x}));
  optimize(graph);
  EXPECT_EQ(count("= linear_dx_accumulate("), 0) << print(graph);
  EXPECT_EQ(count("{activation relu}"), 1) << print(graph);
  EXPECT_EQ(count("= add("), 2);
}

TEST_F(PassesTest, FrozenParametersHaveNoGradientNodes) {
  const ValueId x = graph.input("x", {.shape = {3}});
  const ValueId h = graph.add(ops::tanh, {linear(x, "0", 5)});
  const ValueId y = linear(h, "2", 2);
  for (const char* name : {"0.weight", "0.bias", "2.bias"}) table[table.find(name)].frozen = true;
  differentiate_mse(y);
  EXPECT_EQ(count("gradient of"), 1) << print(graph);
  EXPECT_EQ(count("gradient of 2.weight = linear_dw("), 1);
  EXPECT_EQ(count("linear_dx("), 0);
  EXPECT_EQ(count("activation_grad("), 0);
}

/// Gradients of x -> linear(w) -> tanh -> linear(v) in double; w and v may be one.
std::vector<double> two_products(bool tied) {
  ParameterTable table;
  Graph graph(table);
  const auto parameter = [&](const std::string& name) {
    Parameter p;
    p.names = {name};
    p.shape = {3, 3};
    p.stored = input_major;
    return graph.parameter(table.get(p));
  };
  const ValueId x = graph.input("x", {.shape = {3}});
  const ValueId seed = graph.input("seed", {.shape = {3}}, Role::seed);
  const ValueId w = parameter("w");
  const ValueId v = tied ? w : parameter("v");
  const ValueId y = graph.add(ops::linear, {graph.add(ops::tanh, {graph.add(ops::linear, {x, w})}), v});
  graph.keep(y);
  const std::vector<ValueId> d = differentiate(graph, y, seed);
  optimize(graph);
  const Precision precision =
#ifdef __EMSCRIPTEN__
      Precision::f32;
  using T = float;
#else
      Precision::f64;
  using T = double;
#endif
  const ParameterPlaces places = place_parameters(table, precision);
  const Arena parameters(places.parameter_bytes), gradients(places.parameter_bytes);
  ThreadPool pool(1);
  CpuExecutor executor(make_plan(graph, places, {.capacity = 2, .precision = precision}),
                       {parameters.data(), gradients.data(), nullptr}, pool);
  for (int i = 0; i < 9; ++i) executor.at<T>(w)[i] = executor.at<T>(v)[i] = static_cast<T>((i * 5) % 7 - 3) / 8;
  for (int i = 0; i < 6; ++i) executor.at<T>(x)[i] = static_cast<T>(i - 2) / 4;
  for (int i = 0; i < 6; ++i) executor.at<T>(seed)[i] = static_cast<T>(i % 4) - 1;
  executor.run(2, {});
  std::vector<double> sum(9);
  for (std::size_t i = 0; i < 9; ++i) {
    sum[i] = static_cast<double>(executor.at<T>(d[w.index()])[i]);
    if (!tied) sum[i] += static_cast<double>(executor.at<T>(d[v.index()])[i]);
  }
  return sum;
}

TEST(Graph, TheGradientOfATiedParameterIsTheSumOverItsUses) {
  const std::vector<double> tied = two_products(true);
  const std::vector<double> apart = two_products(false);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_NEAR(tied[i], apart[i], 1e-6) << i;
    EXPECT_NE(tied[i], 0) << i;
  }
}

}  // namespace
}  // namespace trainyard
