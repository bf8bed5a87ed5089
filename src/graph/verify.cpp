#include "graph/verify.hpp"

#include <string>
#include <vector>

#include "core/error.hpp"

namespace trainyard {
namespace {

[[noreturn]] void illegal(const Node& node, const std::string& rule) {
  throw Error(ErrorCode::internal, node.path + " " + std::string(node.op->name), rule, "");
}

}  // namespace

void verify(const Graph& graph) {
  std::vector<char> written(graph.value_count(), 0);
  std::vector<char> overwritten(graph.value_count(), 0);
  for (std::size_t i = 0; i < written.size(); ++i) {
    written[i] = graph[ValueId{static_cast<std::int32_t>(i)}].role == Role::computed ? 0 : 1;
  }
  for (const NodeId n : graph.order()) {
    const Node& node = graph[n];
    if (node.inputs.size() > max_inputs || node.outputs.size() > max_outputs)
      illegal(node, "at most 8 inputs, 4 outputs");
    for (const ValueId v : node.inputs) {
      if (!v.valid()) continue;
      if (written[v.index()] == 0) illegal(node, "inputs written before");
      if (overwritten[v.index()] != 0) illegal(node, "inputs not overwritten before");
    }
    Attributes attributes = node.attributes;
    Inference inference(graph, node.inputs, attributes);
    node.op->infer(inference);
    if (inference.outputs().size() != node.outputs.size()) illegal(node, "as many outputs as the shape rule gives");
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const ValueId v = node.outputs[i];
      if (written[v.index()] != 0) illegal(node, "outputs written once");
      if (graph.type(v) != inference.outputs()[i]) illegal(node, "outputs of the shape rule's types");
      written[v.index()] = 1;
    }
    if (node.op->accumulates >= 0) overwritten[node.inputs[static_cast<std::size_t>(node.op->accumulates)].index()] = 1;
  }
  for (const ValueId v : graph.results) {
    if (written[v.index()] == 0 || overwritten[v.index()] != 0) {
      throw Error(ErrorCode::internal, graph[v].name, "results computed", "");
    }
  }
}

}  // namespace trainyard
