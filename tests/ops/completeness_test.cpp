// Nothing is forgotten: every op of ops/all.hpp has a case, a gradient (or a reason to have none), a cost, a name in
// ONNX; every backward companion is reached by some case.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "ops/all.hpp"
#include "ops/case_graph.hpp"

namespace trainyard::testing_ops {
namespace {

/// Ops without a gradient of their own, and why.
const std::map<std::string_view, std::string_view> no_gradient{
    {"batch_norm_stats", "its part is in batch_norm's gradient, which knows that mean and variance came from x"}};

std::set<const Op*> ops_of_all_cases() {
  std::set<const Op*> seen;
  const auto add = [&](const CaseGraph& g) {
    for (const NodeId n : g.graph.order()) seen.insert(g.graph[n].op);
  };
  for (const OpCase& c : cases()) {
    for (const Instance& s : c.instances) {
      add(CaseGraph(c, s));
      add(CaseGraph(c, s, {.optimized = true, .twice = true}));
    }
  }
  return seen;
}

TEST(Completeness, EveryOpHasACaseAGradientACostAndAnOnnxName) {
  const std::set<const Op*> seen = ops_of_all_cases();
  std::set<std::string_view> names;
  for (const Op* op : ops::all()) {
    EXPECT_TRUE(names.insert(op->name).second) << op->name << ": a name twice";
    EXPECT_TRUE(op->infer != nullptr && op->run && op->work != nullptr)
        << op->name << ": no shape rule, kernel or cost";
    EXPECT_FALSE(op->onnx.empty()) << op->name << ": no ONNX operator";
    EXPECT_TRUE((op->gradient != nullptr) != no_gradient.contains(op->name))
        << op->name << ": a gradient, or a reason to have none";
    EXPECT_TRUE(seen.contains(op)) << op->name << ": no case in tests/ops";
  }
  for (const auto& [name, why] : no_gradient) EXPECT_TRUE(names.contains(name)) << name << ": not an op any more";
}

TEST(Completeness, EveryBackwardOpIsReached) {
  const std::set<const Op*> seen = ops_of_all_cases();
  for (const Op* op : ops::backward()) {
    EXPECT_TRUE(op->infer != nullptr && op->run && op->work != nullptr)
        << op->name << ": no shape rule, kernel or cost";
    EXPECT_TRUE(seen.contains(op)) << op->name << ": reached by no case";
    EXPECT_TRUE(op->onnx.empty()) << op->name << ": never exported";
  }
}

TEST(Completeness, EveryCallCostsSomething) {
  for (const OpCase& c : cases()) {
    for (const Instance& s : c.instances) {
      const CaseGraph g(c, s);
      for (const NodeId n : g.graph.order()) {
        const Node& node = g.graph[n];
        std::array<const ValueType*, max_inputs> in{};
        std::array<const ValueType*, max_outputs> out{};
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
          if (node.inputs[i].valid()) in[i] = &g.graph.type(node.inputs[i]);
        }
        for (std::size_t i = 0; i < node.outputs.size(); ++i) out[i] = &g.graph.type(node.outputs[i]);
        const Work one = node.op->work({in, out, &node.attributes, 1, Precision::f32});
        const Work ten = node.op->work({in, out, &node.attributes, 10, Precision::f32});
        EXPECT_GT(one.flops, 0) << node.op->name;
        EXPECT_GE(ten.flops, one.flops) << node.op->name;
        EXPECT_TRUE(one.units > 0 && one.grain > 0) << node.op->name;
        EXPECT_TRUE(!ten.rows || ten.units == 10) << node.op->name << ": rows are its units";
      }
    }
  }
}

}  // namespace
}  // namespace trainyard::testing_ops
