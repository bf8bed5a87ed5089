// The passes: each rewrites the graph and keeps what it means. One small file each; `optimize` is the one list.
#pragma once
#include <functional>
#include <span>
#include <string_view>

#include "graph/graph.hpp"

namespace trainyard {

/// Drops nodes whose outputs nobody reads.
void dead_code(Graph& graph);
/// Computes nodes whose inputs are all constants, once, now.
void fold_constants(Graph& graph);
/// Merges an activation into the product before it (forward), and an activation's derivative into the product that
/// makes its incoming gradient (backward).
void fuse_epilogue(Graph& graph);
/// Turns `a + product` into a product that adds to a, where a sum of gradients allows it.
void accumulate(Graph& graph);

struct Pass {
  std::string_view name;
  void (*run)(Graph&);
};
[[nodiscard]] std::span<const Pass> all_passes();

/// Runs every pass in order; `after` (if given) sees the graph after each.
void optimize(Graph& graph, const std::function<void(std::string_view pass, const Graph&)>& after = {});

}  // namespace trainyard
