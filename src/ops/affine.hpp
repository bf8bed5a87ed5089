// Attributes of affine.
#pragma once

namespace trainyard::ops {

struct AffineAttributes {
  double factor = 1, offset = 0;
};

}  // namespace trainyard::ops
