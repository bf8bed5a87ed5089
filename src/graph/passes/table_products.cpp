#include <initializer_list>
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
  const Graph::Readers readers = graph.readers();
  std::vector<NodeId> rewritten;
  std::vector<char> done(graph.node_count());  // activations that have gone to the table
  for (const NodeId n : order) {
    if (done[n.index()] != 0) continue;
    const Node node = graph[n];
    const Node* lookup = looked_up_by(graph, node);
    const ValueId ids = lookup == nullptr ? ValueId{} : lookup->inputs[0];
    const ValueId table = lookup == nullptr ? ValueId{} : lookup->inputs[1];
    if (lookup == nullptr || !worth_it(graph.type(ids), graph.type(table).shape, capacity, learns)) {
      rewritten.push_back(n);
      continue;
    }
    const auto add = [&](const Node& like, const Op& op, std::initializer_list<ValueId> inputs) {
      const Graph::Scope scope(graph, like.path, like.name);
      const ValueId made = graph.add(op, inputs, &op == like.op ? like.attributes : Attributes());
      rewritten.push_back(graph[made].producer);
      return made;
    };
    ValueId answer = node.outputs[0];
    ValueId rows = add(node, *node.op, {table, node.inputs[1], node.inputs[2]});
    if (graph.has_one_reader(readers, answer)) {
      // Its activation, which could not be merged into a product that is looked up afterwards.
      const NodeId reader = readers[answer.index()].front();
      const Node next = graph[reader];
      if (next.op->fusion == Fusion::activation) {
        rows = add(next, *next.op, {rows});
        answer = next.outputs[0];
        done[reader.index()] = 1;
      }
    }
    const NodeId gather = graph[add(node, ops::embedding, {ids, rows})].producer;
    graph[gather].outputs[0] = answer;
    graph[answer].producer = gather;
  }
  graph.set_order(std::move(rewritten));
}

}  // namespace trainyard
