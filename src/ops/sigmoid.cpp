// y = 1 / (1 + exp(-x)), elementwise.
#include "ops/activation.hpp"
#include "ops/all.hpp"

namespace trainyard::ops {

const Op sigmoid = activation_op<Activation::sigmoid>("sigmoid", "Sigmoid");

}  // namespace trainyard::ops
