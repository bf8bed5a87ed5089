// What ops that only move numbers share: the attributes that layers give, and one axis seen from memory.
#pragma once
#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "core/error.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {

/// Axes are counted without the batch: axis 0 of [*, channels, height, width] is channels.
struct ReshapeAttributes {
  Shape shape;
};
struct AxisAttributes {
  int axis = 0;
};
struct SliceAttributes {
  int axis = 0;
  std::int64_t start = 0, length = 1;
};
/// Of slice_grad: the slice, and the size of the whole axis.
struct SliceGradAttributes {
  SliceAttributes slice;
  std::int64_t size = 1;
};

/// Memory as [outer, length, inner] around one axis.
struct AxisView {
  std::int64_t outer = 1, length = 1, inner = 1;
  AxisView(const ValueType& type, int axis) {
    // Channels last: memory has the axes in the order height, width, channels.
    static constexpr std::array image{1, 2, 0};
    bool before = true;
    for (int i = 0; i < type.shape.rank(); ++i) {
      const int at = type.layout == Layout::channels_last ? image[static_cast<std::size_t>(i)] : i;
      if (at == axis) {
        length = type.shape[at];
        before = false;
      } else {
        (before ? outer : inner) *= type.shape[at];
      }
    }
  }
};

[[nodiscard]] inline Shape with_axis(const Shape& shape, int axis, std::int64_t size) {
  std::array<std::int64_t, Shape::max_rank> dims{};
  std::ranges::copy(shape.dims(), dims.begin());
  dims[static_cast<std::size_t>(axis)] = size;
  return Shape(std::span(dims).first(static_cast<std::size_t>(shape.rank())));
}

/// Throws INVALID_VALUE unless the shape has this axis.
inline void require_axis(const Shape& shape, int axis) {
  if (axis >= 0 && axis < shape.rank()) return;
  throw Error(ErrorCode::invalid_value, "", "0 <= axis < " + std::to_string(shape.rank()), std::to_string(axis));
}

}  // namespace trainyard::ops
