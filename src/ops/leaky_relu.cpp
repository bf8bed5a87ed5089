// y = x for x > 0, else slope x, elementwise. Maas, Hannun and Ng 2013.
#include "ops/activation.hpp"
#include "ops/all.hpp"

namespace trainyard::ops {

const Op leaky_relu = activation_op<Activation::leaky_relu>("leaky_relu", "LeakyRelu");

}  // namespace trainyard::ops
