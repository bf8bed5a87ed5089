// y = max(x, 0), elementwise. Nair and Hinton 2010.
#include "ops/activation.hpp"
#include "ops/all.hpp"

namespace trainyard::ops {

const Op relu = activation_op<Activation::relu>("relu", "Relu");

}  // namespace trainyard::ops
