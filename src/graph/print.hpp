// Graph and plan as text: what tests, documents and the page show.
#pragma once
#include <string>

#include "graph/graph.hpp"
#include "graph/plan.hpp"

namespace trainyard {

/// One line a node: `%7 f32[*, 32] = linear(%3, 0.weight, 0.bias) {activation relu}   layers[0] linear`.
[[nodiscard]] std::string print(const Graph& graph);

/// One line a step with the places: `3   relu   %7 -> %8 f32[*, 32] activations+4096 (in the place of its input)`, then
/// the totals.
[[nodiscard]] std::string print(const Plan& plan);

}  // namespace trainyard
