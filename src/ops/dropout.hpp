// Attributes of dropout, for the layer that describes it.
#pragma once

namespace trainyard::ops {

struct DropoutAttributes {
  double probability = 0.5;  ///< of dropping a number, in [0, 1]
};

}  // namespace trainyard::ops
