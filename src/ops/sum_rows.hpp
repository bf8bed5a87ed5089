// Sums over the batch, for what is the same for all rows: biases and broadcast operands.
#pragma once
#include "ops/all.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {

struct SumRowsAttributes {
  Shape shape;  ///< of the sum: the last axes of the input; [channels] of an image with channels last
};

/// Emits the sum of d over its rows and leading axes, down to `shape`.
[[nodiscard]] inline ValueId sum_to(Gradient& g, ValueId d, const Shape& shape) {
  return g.add(sum_rows, {d}, Attributes(SumRowsAttributes{shape}));
}

}  // namespace trainyard::ops
