// The list of optimizers.
#pragma once
#include <span>

#include "optimizers/optimizer.hpp"

#define TRAINYARD_OPTIMIZERS(X) \
  X(sgd)                        \
  X(adam)                       \
  X(adamw)                      \
  X(rmsprop)

namespace trainyard::optimizers {

#define X(kind) extern const OptimizerKind kind;
TRAINYARD_OPTIMIZERS(X)
#undef X

using Kinds = std::span<const OptimizerKind* const>;

/// The list, as it is compiled for a level of simd/dispatch.hpp.
template <class Level>
[[nodiscard]] Kinds compiled_for();

}  // namespace trainyard::optimizers
