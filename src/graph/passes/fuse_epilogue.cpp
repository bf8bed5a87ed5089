#include <algorithm>
#include <vector>

#include "graph/passes/passes.hpp"

namespace trainyard {
namespace {

using kernels::Activation;

/// The value is read by this node alone and by nobody after the run.
bool only_reader(const Graph& graph, const std::vector<std::vector<NodeId>>& readers, ValueId v) {
  return readers[v.index()].size() == 1 && std::ranges::find(graph.results, v) == graph.results.end();
}

/// Gives the merged node the output of the one that goes.
void take_output(Graph& graph, NodeId product, const Node& gone) {
  graph[product].outputs[0] = gone.outputs[0];
  graph[gone.outputs[0]].producer = product;
}

/// linear or conv2d, then an activation that alone reads its output.
bool merge_activation(Graph& graph, const std::vector<std::vector<NodeId>>& readers, NodeId n) {
  const Node node = graph[n];
  if (node.op->fusion != Fusion::activation || node.backward) return false;
  const ValueId z = node.inputs[0];
  if (graph[z].role != Role::computed || !only_reader(graph, readers, z)) return false;
  const NodeId product = graph[z].producer;
  if (graph[product].op->fusion != Fusion::takes_activation) return false;
  auto& attributes = graph[product].attributes.as<ActivationAttributes>();
  if (attributes.activation != Activation::none) return false;
  attributes = node.attributes.as<ActivationAttributes>();
  take_output(graph, product, node);
  return true;
}

/// linear_dx or conv2d_dx, then the derivative of the activation before that layer.
bool merge_derivative(Graph& graph, const std::vector<std::vector<NodeId>>& readers, NodeId n) {
  const Node node = graph[n];
  if (node.op->fusion != Fusion::activation_grad) return false;
  const ValueId dy = node.inputs[0];
  if (graph[dy].role != Role::computed || !only_reader(graph, readers, dy)) return false;
  Node& product = graph[graph[dy].producer];
  if (product.op->fusion != Fusion::takes_derivative || product.inputs.size() != 2) return false;
  product.attributes.as<ActivationAttributes>() = node.attributes.as<ActivationAttributes>();
  product.inputs.insert(product.inputs.end(), node.inputs.begin() + 1, node.inputs.end());
  take_output(graph, graph[dy].producer, node);
  return true;
}

}  // namespace

void fuse_epilogue(Graph& graph) {
  const std::vector<NodeId> order(graph.order().begin(), graph.order().end());
  const auto readers = graph.readers();
  std::vector<NodeId> kept;
  for (const NodeId n : order) {
    if (!merge_activation(graph, readers, n) && !merge_derivative(graph, readers, n)) kept.push_back(n);
  }
  graph.set_order(std::move(kept));
}

}  // namespace trainyard
