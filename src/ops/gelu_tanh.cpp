// y = GELU's tanh form, as GPT-2 has it, elementwise. Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2.
#include "ops/activation.hpp"
#include "ops/all.hpp"

namespace trainyard::ops {

const Op gelu_tanh = activation_op<Activation::gelu_tanh>("gelu_tanh", "Gelu");

}  // namespace trainyard::ops
