// Attributes of matmul, for the layer that describes it.
#pragma once

namespace trainyard::ops {

struct MatmulAttributes {
  bool transpose_a = false;
  bool transpose_b = false;
};

}  // namespace trainyard::ops
