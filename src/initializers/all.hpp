// The list of initialisers.
#pragma once
#include "core/kinds.hpp"
#include "initializers/initializer.hpp"

#define TRAINYARD_INITIALIZERS(X) \
  X(default_bound)                \
  X(zeros)                        \
  X(ones)                         \
  X(constant)                     \
  X(uniform)                      \
  X(normal)                       \
  X(truncated_normal)             \
  X(kaiming_uniform)              \
  X(kaiming_normal)               \
  X(xavier_uniform)               \
  X(xavier_normal)                \
  X(lecun_normal)                 \
  X(orthogonal)

namespace trainyard::initializers {

#define X(kind) extern const Kind<Initializer> kind;
TRAINYARD_INITIALIZERS(X)
#undef X

}  // namespace trainyard::initializers
