#include <algorithm>
#include <vector>

#include "graph/inserted_ops.hpp"
#include "graph/passes/passes.hpp"

namespace trainyard {
namespace {

/// The node to swap: computes `term`, can add to `sum` instead, nobody else reads `term`, and `sum` is finished before
/// it and has no reader from then on but the addition.
bool can_accumulate(const Graph& graph, const std::vector<std::vector<NodeId>>& readers, ValueId sum, ValueId term,
                    NodeId addition) {
  if (graph[term].role != Role::computed || graph[sum].role != Role::computed || sum == term) return false;
  const NodeId maker = graph[term].producer;
  const Op* twin = graph[maker].op->accumulating;
  if (twin == nullptr || !graph[maker].backward || graph[maker].outputs[0] != term) return false;
  // The sum becomes the last input: a product that has taken in a derivative has none to spare.
  if (graph[maker].inputs.size() != static_cast<std::size_t>(twin->accumulates)) return false;
  if (readers[term.index()].size() != 1 || std::ranges::find(graph.results, sum) != graph.results.end()) return false;
  if (graph.type(sum).layout != graph.type(term).layout) return false;
  const auto order = graph.order();
  const auto place = [&](NodeId n) { return std::ranges::find(order, n) - order.begin(); };
  if (place(graph[sum].producer) >= place(maker)) return false;
  return std::ranges::all_of(readers[sum.index()], [&](NodeId n) { return n == addition || place(n) < place(maker); });
}

}  // namespace

void accumulate(Graph& graph) {
  const std::vector<NodeId> order(graph.order().begin(), graph.order().end());
  std::vector<NodeId> kept;
  for (const NodeId n : order) {
    Node& node = graph[n];
    bool merged = false;
    if (node.op == &ops::add && node.backward) {
      const auto readers = graph.readers();
      for (const auto& [sum, term] : {std::pair{node.inputs[0], node.inputs[1]}, {node.inputs[1], node.inputs[0]}}) {
        if (!can_accumulate(graph, readers, sum, term, n)) continue;
        // The product writes what the addition wrote; the addition goes.
        Node& product = graph[graph[term].producer];
        product.op = product.op->accumulating;
        product.inputs.push_back(sum);
        product.outputs[0] = node.outputs[0];
        graph[node.outputs[0]].producer = graph[term].producer;
        if (graph[node.outputs[0]].is_gradient) {
          // The partial sum lies where the gradient will.
          for (ValueId v = sum;;) {
            graph[v].is_gradient = true;
            graph[v].parameter = graph[node.outputs[0]].parameter;
            const Node& maker = graph[graph[v].producer];
            if (maker.op->accumulates < 0) break;
            v = maker.inputs[static_cast<std::size_t>(maker.op->accumulates)];
          }
        }
        merged = true;
        break;
      }
    }
    if (!merged) kept.push_back(n);
    graph.set_order([&] {
      std::vector<NodeId> now = kept;
      now.insert(now.end(), std::ranges::find(order, n) + 1, order.end());
      return now;
    }());
  }
}

}  // namespace trainyard
