#include <algorithm>
#include <array>
#include <vector>

#include "core/arena.hpp"
#include "graph/passes/passes.hpp"

namespace trainyard {
namespace {

bool all_constant(const Graph& graph, const Node& node) {
  return node.outputs.size() == 1 && !node.op->has_effect &&
         std::ranges::all_of(node.inputs, [&](ValueId v) { return !v.valid() || graph[v].role == Role::constant; });
}

/// Runs one node over constants. The op's own kernel, so a folded number is the number that it would have computed.
std::vector<float> compute(const Graph& graph, const Node& node) {
  Call call;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (!node.inputs[i].valid()) continue;
    call.in[i] = graph[node.inputs[i]].constant.data();
    call.in_type[i] = &graph.type(node.inputs[i]);
  }
  const ValueType& type = graph.type(node.outputs[0]);
  std::vector<float> result(static_cast<std::size_t>(type.elements(1)));
  call.out[0] = result.data();
  call.out_type[0] = &type;
  call.attributes = &node.attributes;
  const StepContext context;
  call.context = &context;
  call.rows = 1;
  const CallTypes types{call.in_type, call.out_type, &node.attributes, 1, Precision::f32};
  const Op& op = *compiled(node.op);
  const Scratch scratch = op.scratch == nullptr ? Scratch{} : op.scratch(types);
  const Arena shared(scratch.shared);
  const Arena thread(scratch.per_thread);
  call.scratch = shared.data();
  call.thread_scratch = thread.data();
  op.run.f32(call, 0, op.work(types).units);
  if (op.finish) op.finish.f32(call, 0, 1);
  return result;
}

}  // namespace

void fold_constants(Graph& graph) {
  std::vector<NodeId> kept;
  for (const NodeId n : graph.order()) {
    const Node& node = graph[n];
    if (node.inputs.empty() || !all_constant(graph, node)) {
      kept.push_back(n);
      continue;
    }
    std::vector<float> numbers = compute(graph, node);
    Value& value = graph[node.outputs[0]];
    value.constant = std::move(numbers);
    value.role = Role::constant;
    value.producer = {};
  }
  graph.set_order(std::move(kept));
}

}  // namespace trainyard
