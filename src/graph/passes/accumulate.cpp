#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "graph/inserted_ops.hpp"
#include "graph/passes/passes.hpp"

namespace trainyard {
namespace {

class Accumulation {
 public:
  explicit Accumulation(Graph& graph)
      : graph_(graph), readers_(graph.readers()), is_result_(graph.value_count()), place_(graph.node_count()) {
    for (const ValueId v : graph.results) is_result_[v.index()] = 1;
    for (std::size_t i = 0; i < graph.order().size(); ++i) place_[graph.order()[i].index()] = i;
  }

  void run() {
    std::vector<NodeId> kept;
    for (const NodeId n : graph_.order()) {
      if (!merge(n)) kept.push_back(n);
    }
    graph_.set_order(std::move(kept));
  }

 private:
  /// Whether the node was an addition that a product does from now on.
  bool merge(NodeId addition) {
    const Node& node = graph_[addition];
    if (node.op != &ops::add || !node.backward) return false;
    const std::array<ValueId, 2> in{node.inputs[0], node.inputs[1]};
    for (const std::size_t i : {0U, 1U}) {
      if (!can_accumulate(in[i], in[1 - i], addition)) continue;
      accumulate(in[i], in[1 - i], addition);
      return true;
    }
    return false;
  }

  /// Whether what computes `term` can add to `sum` instead: nobody else reads `term`, and `sum` is finished before and
  /// has no reader from then on but the addition.
  [[nodiscard]] bool can_accumulate(ValueId sum, ValueId term, NodeId addition) const {
    if (graph_[term].role != Role::computed || graph_[sum].role != Role::computed || sum == term) return false;
    const NodeId maker = graph_[term].producer;
    const Op* twin = graph_[maker].op->accumulating;
    if (twin == nullptr || !graph_[maker].backward || graph_[maker].outputs[0] != term) return false;
    // The sum becomes the last input: a product that has taken in a derivative has none to spare.
    if (graph_[maker].inputs.size() != static_cast<std::size_t>(twin->accumulates)) return false;
    if (readers_[term.index()].size() != 1 || is_result_[sum.index()] != 0) return false;
    if (graph_.type(sum).layout != graph_.type(term).layout) return false;
    if (place(graph_[sum].producer) >= place(maker)) return false;
    return std::ranges::all_of(readers_[sum.index()],
                               [&](NodeId n) { return n == addition || place(n) < place(maker); });
  }

  /// The product writes what the addition wrote; the addition goes.
  void accumulate(ValueId sum, ValueId term, NodeId addition) {
    const NodeId maker = graph_[term].producer;
    const ValueId result = graph_[addition].outputs[0];
    Node& product = graph_[maker];
    product.op = product.op->accumulating;
    product.inputs.push_back(sum);
    product.outputs[0] = result;
    graph_[result].producer = maker;
    readers_[term.index()].clear();
    std::ranges::replace(readers_[sum.index()], addition, maker);
    if (!graph_[result].is_gradient) return;
    // The partial sum lies where the gradient will.
    for (ValueId v = sum;;) {
      graph_[v].is_gradient = true;
      graph_[v].parameter = graph_[result].parameter;
      const Node& before = graph_[graph_[v].producer];
      if (before.op->accumulates < 0) break;
      v = before.inputs[static_cast<std::size_t>(before.op->accumulates)];
    }
  }

  /// In the order of before: what goes changes nothing about who comes first.
  [[nodiscard]] std::size_t place(NodeId n) const { return place_[n.index()]; }

  Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<char> is_result_;
  std::vector<std::size_t> place_;
};

}  // namespace

void accumulate(Graph& graph) { Accumulation(graph).run(); }

}  // namespace trainyard
