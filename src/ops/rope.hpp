// Attributes of rotary positions.
#pragma once
#include <cstdint>

#include "graph/graph.hpp"

namespace trainyard::ops {

struct RopeAttributes {
  bool inverse = false;  ///< turns the other way: the gradient
  bool rows = false;     ///< rows are positions (generation)
};

/// The table of `positions` positions for heads of an even `width`: angles position / base^(2 i / width). The graph has
/// one for all its layers.
[[nodiscard]] ValueId rope_table(Graph& graph, std::int64_t positions, std::int64_t width, double base);

}  // namespace trainyard::ops
