#pragma once
#include "kernels/adaptive_pool.hpp"

namespace trainyard::ops {

struct AdaptivePool2dAttributes {
  /// The output's size is given; the shape rule checks it and fills in the image's.
  kernels::AdaptivePool pool;
};

}  // namespace trainyard::ops
