// Parameter arithmetic: what any network has and takes, worked out without making it.
#pragma once
#include "core/json.hpp"

namespace trainyard {

/// What the described network costs. `options`: "input" or "inputs" as of a model, "loss" (crossEntropy), "optimizer"
/// (adam), "batchSize" (1), "microBatchSize", "recompute", as of a run.
///
/// {"parameters", "trainable",       shared ones count once, running statistics do not
///  "multiplyAdds",                  forward, for one sample: of the products of matrices, convolutions, recurrences
///                                   and attention (causal: of the pairs that see each other, T (T + 1) / 2)
///  "multiplyAddsPerToken",          where the first input is a sequence, ids [T] or [T, features]
///  "bytes": {"weights", "gradients", "optimizer",    4 for each number; weights with running statistics; gradients
///                                 twice where the batch is run in pieces
///            "activations"},        of a training step's plan for what is run at once, as the engine lays it out
///  "layers": [{"path", "name", "type", "parameters", "formula", "multiplyAdds", "share"}]}
///
/// A layer of layers comes before its parts and counts only what is its own; a parameter that layers share belongs to
/// the first. "share" is of all parameters. Numbers are exact up to 2^53. Only the graph is made: memory grows with the
/// number of layers, not with their size. Throws what building a network does, and OUT_OF_MEMORY for activations of
/// more than 2^53 bytes.
[[nodiscard]] Json ledger(const Json& description, const Json& options);

}  // namespace trainyard
