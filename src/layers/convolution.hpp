// What conv1d and conv2d share: their options. Size is a number for one, a pair (of rows, of columns) for the other.
#pragma once
#include <concepts>
#include <cstdint>

#include "layers/initial.hpp"
#include "layers/window.hpp"

namespace trainyard::layers {

template <class Size>
struct Convolution {
  static constexpr Size every(std::int64_t n) {
    if constexpr (std::same_as<Size, Pair>) {
      return {n, n};
    } else {
      return n;
    }
  }

  std::int64_t out = 0;
  Size kernel = every(1);
  Size stride = every(1);
  Size padding = every(0);
  Size dilation = every(1);
  std::int64_t groups = 1;
  bool bias = true;
  Initial initial;

  template <class V>
  void visit(V& v) {
    v.required("out", out, window_size);
    v.required("kernel", kernel, window_size);
    v("stride", stride, window_size);
    v("padding", padding, window_padding);
    v("dilation", dilation, window_size);
    v("groups", groups, at_least_one);
    v("bias", bias);
    initial.visit(v);
  }
};

}  // namespace trainyard::layers
