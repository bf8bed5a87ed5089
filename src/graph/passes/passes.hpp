// The passes: each rewrites the graph and keeps what it means. One small file each; `optimize` is the one list.
#pragma once
#include <cstdint>
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

/// Before the gradients are added, for plans of `capacity` rows: the product of rows that an embedding looks up is
/// taken once for every row of the table, then looked up, where positions are many more than rows (characters of a
/// text). Values have the same bits; gradients are added up by row of the table first, so they differ in rounding.
/// A row that is not finite spoils gradients even where nobody looks it up. `learns`: gradients will be wanted.
void table_products(Graph& graph, std::int64_t capacity, bool learns);

/// Where asked for, after the others: activations are computed again just before their gradient rather than kept from
/// the forward part on (Chen et al. 2016, arXiv:1604.06174; torch.utils.checkpoint). What is kept is what leads from
/// one block to the next. A block ends where a single value leads to all that follows: after each half of a
/// Transformer's block, after a residual block, after each layer of a plain sequence; neighbours are joined such that
/// kept values and largest block together take the least memory. The last block's gradient comes at once: it keeps its
/// values. Nodes that write or read what a step changes (running statistics) are not run again, what they gave is
/// kept. Bits are the same.
void recompute(Graph& graph);

struct Pass {
  std::string_view name;
  void (*run)(Graph&);
};
[[nodiscard]] std::span<const Pass> all_passes();

/// Runs every pass in order; `after` (if given) sees the graph after each.
void optimize(Graph& graph, const std::function<void(std::string_view pass, const Graph&)>& after = {});

}  // namespace trainyard
