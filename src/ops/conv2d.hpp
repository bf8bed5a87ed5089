// Attributes of conv2d, for the layer that describes it.
#pragma once
#include "graph/fusion.hpp"
#include "kernels/conv/conv.hpp"

namespace trainyard::ops {

struct Conv2dAttributes {
  ActivationAttributes activation;
  /// Stride, padding, dilation and groups are given; the shape rule checks them and fills in the sizes.
  kernels::Conv conv;
  bool bias = false;  ///< of conv2d_dw: gives the bias's gradient too
};

}  // namespace trainyard::ops
