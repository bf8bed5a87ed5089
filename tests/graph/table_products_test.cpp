// The pass that multiplies an embedding's table rather than what was looked up in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/arena.hpp"
#include "executors/cpu.hpp"
#include "graph/autodiff.hpp"
#include "graph/passes/passes.hpp"
#include "graph/print.hpp"
#include "graph/verify.hpp"
#include "ops/all.hpp"

namespace trainyard {
namespace {

constexpr std::int64_t vocab = 31;
constexpr std::int64_t dim = 16;
constexpr std::int64_t steps = 7;
constexpr std::int64_t rows = 20;

#ifdef __EMSCRIPTEN__
constexpr Precision precision = Precision::f32;
using T = float;
#else
constexpr Precision precision = Precision::f64;
using T = double;
#endif

/// ids -> embedding -> as many products of 9 columns as asked for -> tanh of their sum.
class TableProducts : public testing::Test {
 protected:
  ValueId parameter(const std::string& name, const Shape& shape) {
    Parameter p;
    p.names = {name};
    p.shape = shape;
    if (shape.rank() == 2 && name != "table") p.stored = input_major;
    return parameters.emplace(name, graph.parameter(table.get(p))).first->second;
  }
  void build(int products) {
    ids = graph.whole_numbers(graph.input("ids", {.shape = {steps}}), 0, vocab - 1);
    looked_up = graph.add(ops::embedding, {ids, parameter("table", {vocab, dim})});
    for (int i = 0; i < products; ++i) {
      const std::string name = std::to_string(i);
      const ValueId z =
          graph.add(ops::linear, {looked_up, parameter("w" + name, {9, dim}), parameter("b" + name, {9})});
      y = i == 0 ? z : graph.add(ops::add, {y, z});
    }
    y = graph.add(ops::tanh, {y});
    graph.keep(y);
  }
  [[nodiscard]] std::map<std::string, int> ops_now() const {
    std::map<std::string, int> count;
    for (const NodeId n : graph.order()) ++count[std::string(graph[n].op->name)];
    return count;
  }
  /// The table once more, as the matrix of a last product.
  void tie() {
    y = graph.add(ops::linear, {y, parameter("back", {dim, 9})});
    y = graph.add(ops::linear_transposed, {y, parameters.at("table")});
    graph.keep(y);
  }
  /// What y and every parameter's gradient are, by name.
  std::map<std::string, std::vector<T>> run(int threads) {
    const std::int64_t answers = graph.type(y).shape.size();
    const ValueId seed = graph.input("seed", {.shape = graph.type(y).shape}, Role::seed);
    const std::vector<ValueId> d = differentiate(graph, y, seed);
    optimize(graph);
    const ParameterPlaces places = place_parameters(table, precision);
    const Arena weights(places.parameter_bytes), gradients(places.parameter_bytes);
    ThreadPool pool(threads);
    CpuExecutor executor(make_plan(graph, places, {.capacity = rows, .precision = precision}),
                         {weights.data(), gradients.data(), nullptr}, pool);
    executor.share(threads > 1);
    executor.share_from(0, 0);
    for (const auto& [name, value] : parameters) {
      const std::int64_t size = graph.type(value).shape.size();
      for (std::int64_t i = 0; i < size; ++i) executor.at<T>(value)[i] = static_cast<T>((i * 5) % 11 - 5) / 16;
    }
    for (std::int64_t i = 0; i < rows * steps; ++i)
      executor.at<std::int32_t>(ids)[i] = static_cast<int>(i * i % (vocab - 1));
    for (std::int64_t i = 0; i < rows * answers; ++i) executor.at<T>(seed)[i] = static_cast<T>(i % 7 - 3) / 8;
    executor.run(rows, {});
    EXPECT_EQ(executor.shares(), pool.size() > 1);
    std::map<std::string, std::vector<T>> found;
    const auto take = [&](const std::string& name, ValueId v) {
      const T* numbers = executor.at<T>(v);
      found[name] = {numbers, numbers + graph.type(v).elements(rows)};
    };
    take("y", y);
    for (const auto& [name, value] : parameters) take(name, d[value.index()]);
    return found;
  }

  ParameterTable table;
  Graph graph{table};
  std::map<std::string, ValueId> parameters;
  ValueId ids, looked_up, y;
};

TEST_F(TableProducts, MultipliesTheTableAndLooksUpWhatThatGives) {
  build(2);
  table_products(graph, rows, true);
  dead_code(graph);
  verify(graph);
  EXPECT_EQ(ops_now(), (std::map<std::string, int>{{"embedding", 2}, {"linear", 2}, {"add", 1}, {"tanh", 1}}))
      << print(graph);
  for (const NodeId n : graph.order()) {
    if (graph[n].op->name == "linear") {
      EXPECT_EQ(graph[n].inputs[0], parameters.at("table"));
    }
  }
}

TEST_F(TableProducts, LeavesFewPositionsAlone) {
  build(1);
  const std::string before = print(graph);
  table_products(graph, 4, true);  // 28 positions, 31 rows
  EXPECT_EQ(print(graph), before);
}

TEST_F(TableProducts, KeepsWhatOthersReadOfTheEmbedding) {
  build(1);
  graph.keep(looked_up);
  table_products(graph, rows, true);
  dead_code(graph);
  verify(graph);
  EXPECT_EQ(ops_now(), (std::map<std::string, int>{{"embedding", 2}, {"linear", 1}, {"tanh", 1}})) << print(graph);
}

/// The numbers of the same network with the pass and without, in as many threads.
std::map<std::string, std::vector<T>> numbers(int products, bool tied, bool pass, int threads) {
  struct Case : TableProducts {
    using TableProducts::build, TableProducts::tie, TableProducts::graph, TableProducts::run;
    void TestBody() override {}
  } made;
  made.build(products);
  if (tied) made.tie();
  if (pass) table_products(made.graph, rows, true);
  return made.run(threads);
}

TEST(TableProductsNumbers, AnswersHaveTheSameBitsAndGradientsTheSameValues) {
  for (const auto& [products, tied] : {std::pair{1, false}, std::pair{2, false}, std::pair{1, true}}) {
    const auto plain = numbers(products, tied, false, 1);
    const auto passed = numbers(products, tied, true, 1);
    ASSERT_EQ(passed.size(), (tied ? 3U : 2U) + 2U * static_cast<std::size_t>(products));
    EXPECT_EQ(passed.at("y"), plain.at("y"));
    for (const auto& [name, expected] : plain) {
      const std::vector<T>& got = passed.at(name);
      ASSERT_EQ(got.size(), expected.size()) << name;
      for (std::size_t i = 0; i < got.size(); ++i)
        EXPECT_NEAR(got[i], expected[i], 2e-5 * std::max(T(1), std::abs(expected[i]))) << name << " " << i;
    }
    if (tied) continue;
    // An id that no position has learns nothing.
    const std::vector<T>& d = passed.at("table");
    EXPECT_TRUE(std::all_of(d.end() - dim, d.end(), [](T v) { return v == 0; }));
    EXPECT_TRUE(std::any_of(d.begin(), d.begin() + dim, [](T v) { return v != 0; }));
  }
}

TEST(TableProductsNumbers, ThreadsChangeNoBit) { EXPECT_EQ(numbers(2, false, true, 2), numbers(2, false, true, 1)); }

}  // namespace
}  // namespace trainyard
