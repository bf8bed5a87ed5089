// y = the hyperbolic tangent, elementwise.
#include "ops/activation.hpp"
#include "ops/all.hpp"

namespace trainyard::ops {

const Op tanh = activation_op<Activation::tanh>("tanh", "Tanh");

}  // namespace trainyard::ops
