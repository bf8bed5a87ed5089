// What a legal graph is; run after every pass.
#pragma once
#include "graph/graph.hpp"

namespace trainyard {

/// Throws INTERNAL, naming node and rule, unless: every value is written before it is read and written once, shape
/// rules give the types that the values have, every result is computed, and an accumulating input has no later reader.
void verify(const Graph& graph);

}  // namespace trainyard
