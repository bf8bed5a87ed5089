// y = x Phi(x), Phi the normal distribution function, elementwise. Hendrycks and Gimpel 2016, arXiv:1606.08415.
#include "ops/activation.hpp"
#include "ops/all.hpp"

namespace trainyard::ops {

const Op gelu = activation_op<Activation::gelu>("gelu", "Gelu");

}  // namespace trainyard::ops
