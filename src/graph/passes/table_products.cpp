#include <vector>

#include "graph/inserted_ops.hpp"
#include "graph/passes/passes.hpp"

namespace trainyard {
namespace {

/// What moving a number costs, in multiply-adds: from the table to its place, or its gradient back.
constexpr double cost_of_move = 8;

/// Whether product and gradients (as much again for each factor) cost more over all positions than over the table and
/// two moves of every number that the product gives.
bool worth_it(const Graph& graph, ValueId ids, ValueId table, std::int64_t capacity) {
  const ValueType& positions = graph.type(ids);
  const double looked_up = static_cast<double>(positions.elements(capacity));
  const double saved = looked_up - static_cast<double>(graph.type(table).shape[0]);
  return 3 * saved * static_cast<double>(graph.type(table).shape[1]) > 2 * cost_of_move * looked_up;
}

/// The node that looks up what this one multiplies; null if there is none.
const Node* looked_up_by(const Graph& graph, const Node& product) {
  if (product.op != &ops::linear || graph[product.inputs[0]].role != Role::computed) return nullptr;
  const Node& before = graph[graph[product.inputs[0]].producer];
  return before.op == &ops::embedding ? &before : nullptr;
}

}  // namespace

void table_products(Graph& graph, std::int64_t capacity) {
  const std::vector<NodeId> order(graph.order().begin(), graph.order().end());
  std::vector<NodeId> rewritten;
  for (const NodeId n : order) {
    const Node node = graph[n];
    const Node* lookup = looked_up_by(graph, node);
    if (lookup == nullptr || !worth_it(graph, lookup->inputs[0], lookup->inputs[1], capacity)) {
      rewritten.push_back(n);
      continue;
    }
    const Graph::Scope scope(graph, node.path, node.name);
    const ValueId ids = lookup->inputs[0];
    const ValueId table = graph.add(*node.op, {lookup->inputs[1], node.inputs[1], node.inputs[2]}, node.attributes);
    const NodeId gather = graph[graph.add(ops::embedding, {ids, table})].producer;
    rewritten.push_back(graph[table].producer);
    rewritten.push_back(gather);
    graph[gather].outputs[0] = node.outputs[0];
    graph[node.outputs[0]].producer = gather;
  }
  graph.set_order(std::move(rewritten));
}

}  // namespace trainyard
