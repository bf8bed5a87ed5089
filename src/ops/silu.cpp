// y = x sigmoid(x), elementwise. Elfwing, Uchibe and Doya 2017, arXiv:1702.03118.
#include "ops/activation.hpp"
#include "ops/all.hpp"

namespace trainyard::ops {

const Op silu = activation_op<Activation::silu>("silu", "Mul(x, Sigmoid(x))");

}  // namespace trainyard::ops
