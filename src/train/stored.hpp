// A parameter's index in the kernels' order for each index in PyTorch's.
#pragma once
#include <array>
#include <cstdint>

#include "graph/parameter.hpp"

namespace trainyard {

/// Calls f(pytorch_index, stored_index) for every element, in PyTorch's order.
template <class F>
void each_stored(const Parameter& p, F f) {
  const std::int64_t size = p.shape.size();
  if (p.stored == as_is) {
    for (std::int64_t i = 0; i < size; ++i) f(i, i);
    return;
  }
  const int rank = p.shape.rank();
  std::array<std::int64_t, 4> stride{};  // of PyTorch's axis in the stored order
  std::int64_t step = 1;
  for (int axis = rank - 1; axis >= 0; --axis) {
    const auto of = p.stored.order[static_cast<std::size_t>(axis)];
    stride[of] = step;
    step *= p.shape[of];
  }
  std::array<std::int64_t, 4> at{};
  std::int64_t stored = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    f(i, stored);
    for (int axis = rank - 1; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      stored += stride[a];
      if (++at[a] < p.shape[axis]) break;
      stored -= stride[a] * p.shape[axis];
      at[a] = 0;
    }
  }
}

}  // namespace trainyard
