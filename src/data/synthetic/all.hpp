// The list of synthetic data sets.
#pragma once
#include "core/kinds.hpp"
#include "data/synthetic/synthetic.hpp"

#define TRAINYARD_SYNTHETIC(X) \
  X(circle)                    \
  X(xor_quadrants)             \
  X(gaussians)                 \
  X(spiral)                    \
  X(moons)                     \
  X(plane)

namespace trainyard::synthetic {

#define X(kind) extern const Kind<Synthetic> kind;
TRAINYARD_SYNTHETIC(X)
#undef X

}  // namespace trainyard::synthetic
