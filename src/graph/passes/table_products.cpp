#include <vector>

#include "graph/inserted_ops.hpp"
#include "graph/passes/passes.hpp"

namespace trainyard {
namespace {

/// What moving a number costs, in multiply-adds: from the table to its place, or its gradient back.
constexpr double cost_of_move = 8;

/// Whether product and gradients (as much again for each factor) cost more over all positions than over the table and
/// moving every number that the product gives, there and back.
bool worth_it(const ValueType& ids, const Shape& table, std::int64_t capacity, bool learns) {
  const double looked_up = static_cast<double>(ids.elements(capacity));
  const double saved = looked_up - static_cast<double>(table[0]);
  return (learns ? 3 : 1) * saved * static_cast<double>(table[1]) > (learns ? 2 : 1) * cost_of_move * looked_up;
}

/// The node that looks up what this one multiplies; null if there is none.
const Node* looked_up_by(const Graph& graph, const Node& product) {
  if (product.op != &ops::linear || graph[product.inputs[0]].role != Role::computed) return nullptr;
  const Node& before = graph[graph[product.inputs[0]].producer];
  return before.op == &ops::embedding ? &before : nullptr;
}

}  // namespace

void table_products(Graph& graph, std::int64_t capacity, bool learns) {
  const std::vector<NodeId> order(graph.order().begin(), graph.order().end());
  std::vector<NodeId> rewritten;
  for (const NodeId n : order) {
    const Node node = graph[n];
    const Node* lookup = looked_up_by(graph, node);
    const ValueId ids = lookup == nullptr ? ValueId{} : lookup->inputs[0];
    const ValueId table = lookup == nullptr ? ValueId{} : lookup->inputs[1];
    if (lookup == nullptr || !worth_it(graph.type(ids), graph.type(table).shape, capacity, learns)) {
      rewritten.push_back(n);
      continue;
    }
    const Graph::Scope scope(graph, node.path, node.name);
    const ValueId product = graph.add(*node.op, {table, node.inputs[1], node.inputs[2]}, node.attributes);
    const NodeId gather = graph[graph.add(ops::embedding, {ids, product})].producer;
    rewritten.push_back(graph[product].producer);
    rewritten.push_back(gather);
    graph[gather].outputs[0] = node.outputs[0];
    graph[node.outputs[0]].producer = gather;
  }
  graph.set_order(std::move(rewritten));
}

}  // namespace trainyard
