// The pass that computes activations again: which nodes, from what, and when.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "graph/passes/passes.hpp"
#include "graph/print.hpp"
#include "graph/verify.hpp"
#include "losses/loss.hpp"
#include "train/compile.hpp"

namespace trainyard {
namespace {

/// The graph of a training step, before the pass.
class RecomputePass : public testing::Test {
 protected:
  void write(const std::string& layers, const Shape& input) {
    const ValueId x = graph.input("x", {.shape = input});
    const auto loss = parse_loss("mse");
    CompileOptions options;
    options.mode = Mode::train;
    options.loss = loss.get();
    Network network =
        build_network(parse_json("{\"layers\": " + layers + "}", "model"), graph, true, {{std::string("x"), x}});
    options.target = graph.type(network.outputs.front().second);
    Compiled c;
    c.inputs = {x};
    write_steps(graph, std::move(network), options, c);
  }
  void repeat() {
    before.assign(graph.order().begin(), graph.order().end());
    recompute(graph);
    verify(graph);
  }
  /// Nodes that the pass has added.
  [[nodiscard]] std::vector<NodeId> added() const {
    std::vector<NodeId> list;
    std::ranges::copy_if(graph.order(), std::back_inserter(list),
                         [&](NodeId n) { return std::ranges::find(before, n) == before.end(); });
    return list;
  }
  [[nodiscard]] std::map<std::string, int> ops_added() const {
    std::map<std::string, int> count;
    for (const NodeId n : added()) ++count[std::string(graph[n].op->name)];
    return count;
  }
  [[nodiscard]] std::size_t place(NodeId n) const {
    return static_cast<std::size_t>(std::ranges::find(graph.order(), n) - graph.order().begin());
  }

  ParameterTable table;
  Graph graph{table};
  std::vector<NodeId> before;
};

const std::string part = R"({"type":"linear","out":6},"gelu",{"type":"dropout","p":0.5},{"type":"linear","out":6})";
const std::string first = R"({"type":"linear","out":6})";
const std::string residual = R"({"type":"residual","layers":[)" + part + "]}";

TEST_F(RecomputePass, RepeatsABlockFromWhatLeadsIntoItRightBeforeItsGradient) {
  write("[" + first + "," + residual + "," + residual + "," + residual + "," + residual + "]", {6});
  repeat();
  const auto readers = graph.readers();
  // All blocks but the last: its gradient comes at once. The second product of a block is not needed, the first layer
  // goes with the first block.
  EXPECT_EQ(ops_added(), (std::map<std::string, int>{{"linear", 4}, {"gelu", 3}, {"dropout", 3}})) << print(graph);
  std::size_t last = 0;
  for (const NodeId n : added()) {
    EXPECT_TRUE(graph[n].backward);
    // Who reads it comes next, and what it reads has been there since the forward part or was just computed.
    EXPECT_LT(last, place(n));
    last = place(n);
    for (const NodeId reader : readers[graph[n].outputs[0].index()]) {
      const bool same = graph[reader].path.substr(0, 9) == graph[n].path.substr(0, 9);
      EXPECT_TRUE(same || graph[n].path == "layers[0] linear") << graph[n].path << ", read by " << graph[reader].path;
      EXPECT_LT(place(reader), place(n) + 12);
    }
  }
  // What the forward part computed is read there alone.
  for (const NodeId n : before) {
    if (graph[n].backward || graph[n].op->name != "gelu" || graph[n].path.starts_with("layers[4]")) continue;
    for (const NodeId reader : readers[graph[n].outputs[0].index()]) EXPECT_FALSE(graph[reader].backward);
  }
}

TEST_F(RecomputePass, DropsTheSameNumbersAgain) {
  write("[" + first + "," + residual + "," + residual + "," + residual + "]", {6});
  repeat();
  std::vector<std::string> names;
  for (const NodeId n : graph.order()) {
    if (graph[n].op->name == "dropout" && graph[n].path.starts_with("layers[1]")) names.push_back(graph[n].name);
  }
  // Forward, once more, and the gradient: one random stream.
  EXPECT_EQ(names, (std::vector<std::string>(3, "1.layers.2")));
}

TEST_F(RecomputePass, RunsNothingTwiceThatWritesState) {
  const std::string block =
      R"({"type":"residual","layers":[{"type":"conv2d","out":2,"kernel":3,"padding":1},"batchNorm2d","relu"]})";
  write("[" + block + "," + block + "," + block + R"(,"flatten",{"type":"linear","out":2}])", {2, 5, 5});
  repeat();
  auto added = ops_added();
  EXPECT_GT(added["conv2d"], 0) << print(graph);
  EXPECT_EQ(added.count("batch_norm_stats"), 0U);
  EXPECT_EQ(std::ranges::count_if(graph.order(), [&](NodeId n) { return graph[n].op->has_effect; }), 3);
}

TEST_F(RecomputePass, LeavesAGraphAloneWhereItWouldSaveNothing) {
  write("[" + first + "," + residual + "]", {6});
  repeat();
  EXPECT_TRUE(added().empty()) << print(graph);
}

}  // namespace
}  // namespace trainyard
