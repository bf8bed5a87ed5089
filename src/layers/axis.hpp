// An axis as users count it.
#pragma once
#include <string>

#include "core/error.hpp"
#include "layers/layer.hpp"

namespace trainyard::layers {

/// Negative axes count from the end. Throws INVALID_VALUE.
[[nodiscard]] inline int axis_of(const LayerBuilder& b, const Shape& shape, std::int64_t axis) {
  const std::int64_t rank = shape.rank();
  if (axis < -rank || axis >= rank) {
    throw Error(ErrorCode::invalid_value, b.path() + ".axis",
                "[" + std::to_string(-rank) + ", " + std::to_string(rank) + ")", std::to_string(axis));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace trainyard::layers
