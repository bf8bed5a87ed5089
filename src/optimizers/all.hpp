// The list of optimizers.
#pragma once
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

}  // namespace trainyard::optimizers
