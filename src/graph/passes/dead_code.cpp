#include <algorithm>
#include <ranges>
#include <vector>

#include "graph/passes/passes.hpp"

namespace trainyard {

void dead_code(Graph& graph) {
  std::vector<char> live(graph.value_count(), 0);
  for (const ValueId v : graph.results) live[v.index()] = 1;
  std::vector<NodeId> kept;
  for (const NodeId n : std::views::reverse(graph.order())) {
    const Node& node = graph[n];
    const bool needed =
        node.op->has_effect || std::ranges::any_of(node.outputs, [&](ValueId v) { return live[v.index()] != 0; });
    if (!needed) continue;
    kept.push_back(n);
    for (const ValueId v : node.inputs) {
      if (v.valid()) live[v.index()] = 1;
    }
  }
  std::ranges::reverse(kept);
  graph.set_order(std::move(kept));
}

}  // namespace trainyard
