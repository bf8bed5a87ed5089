#include "ops/all.hpp"

#include <array>

namespace trainyard::ops {

#define X(op) &op,

std::span<const Op* const> all() {
  static constexpr std::array list{TRAINYARD_OPS(X)};
  return list;
}

std::span<const Op* const> backward() {
  static constexpr std::array list{TRAINYARD_BACKWARD_OPS(X)};
  return list;
}

std::span<const Op* const> stepping() {
  static constexpr std::array list{TRAINYARD_STEP_OPS(X)};
  return list;
}

#undef X

}  // namespace trainyard::ops
