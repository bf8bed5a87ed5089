#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/arena.hpp"
#include "executors/cpu.hpp"
#include "graph/autodiff.hpp"
#include "graph/passes/passes.hpp"
#include "graph/plan.hpp"
#include "graph/print.hpp"
#include "graph/verify.hpp"
#include "ops/all.hpp"

namespace trainyard {
namespace {

Parameter weight(const std::string& name, std::int64_t out, std::int64_t in) {
  Parameter p;
  p.names = {name};
  p.shape = {out, in};
  p.stored = input_major;
  return p;
}

Parameter bias(const std::string& name, std::int64_t out) {
  Parameter p;
  p.names = {name};
  p.shape = {out};
  p.kind = ParameterKind::bias;
  return p;
}

/// x -> linear -> tanh -> linear -> mse.
struct TwoLayers {
  TwoLayers() {
    x = graph.input("x", {.shape = {2}});
    y = graph.input("y", {.shape = {1}}, Role::target);
    seed = graph.input("seed", {.shape = {}}, Role::seed);
    ValueId v = x;
    const std::vector<std::int64_t> sizes{2, 5, 1};
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string name = std::to_string(2 * i);
      const Graph::Scope scope(graph, "layers[" + name + "] linear", name);
      v = graph.add(ops::linear, {v, graph.parameter(table.get(weight(name + ".weight", sizes[i + 1], sizes[i]))),
                                  graph.parameter(table.get(bias(name + ".bias", sizes[i + 1])))});
      if (i == 0) v = graph.add(ops::tanh, {v});
    }
    loss = graph.add(ops::mse, {v, y});
    graph.keep(loss);
  }
  ParameterTable table;
  Graph graph{table};
  ValueId x, y, seed, loss;
};

TEST(Graph, DifferentiatesAndFuses) {
  TwoLayers net;
  differentiate(net.graph, net.loss, net.seed);
  verify(net.graph);
  const std::string before = print(net.graph);
  EXPECT_NE(before.find("tanh("), std::string::npos) << before;
  EXPECT_NE(before.find("activation_grad("), std::string::npos) << before;
  optimize(net.graph);
  const std::string after = print(net.graph);
  EXPECT_EQ(after.find("tanh("), std::string::npos) << after;
  EXPECT_EQ(after.find("activation_grad("), std::string::npos) << after;
  EXPECT_NE(after.find("linear(x, 0.weight, 0.bias) {activation tanh}"), std::string::npos) << after;
}

TEST(Graph, LearnsThroughAPlan) {
  TwoLayers net;
  differentiate(net.graph, net.loss, net.seed);
  optimize(net.graph);
  const ParameterPlaces places = place_parameters(net.table, Precision::f32);
  const Arena parameters(places.parameter_bytes);
  const Arena gradients(places.parameter_bytes);
  ThreadPool pool(1);
  CpuExecutor executor(make_plan(net.graph, places, {.capacity = 8}), {parameters.data(), gradients.data(), nullptr},
                       pool);
  auto* w = parameters.as<float>();
  const std::size_t count = places.parameter_bytes / sizeof(float);
  for (std::size_t i = 0; i < count; ++i) w[i] = 0.3F * static_cast<float>((i * 7) % 11) - 1.5F;
  for (int r = 0; r < 8; ++r) {
    executor.at<float>(net.x)[2 * r] = static_cast<float>(r % 3) - 1;
    executor.at<float>(net.x)[2 * r + 1] = static_cast<float>(r % 2);
    executor.at<float>(net.y)[r] = static_cast<float>(r % 2) - 0.5F;
    executor.at<float>(net.seed)[r] = 1.0F / 8;
  }
  const auto loss = [&] {
    float sum = 0;
    for (int r = 0; r < 8; ++r) sum += executor.at<float>(net.loss)[r] / 8;
    return sum;
  };
  executor.run(8, {});
  const float first = loss();
  for (int step = 0; step < 500; ++step) {
    for (std::size_t i = 0; i < count; ++i) w[i] -= 0.1F * gradients.as<float>()[i];
    executor.run(8, {});
  }
  EXPECT_LT(loss(), 0.05F * first);
}

}  // namespace
}  // namespace trainyard
