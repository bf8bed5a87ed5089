// What the epilogue pass needs to know of an op.
#pragma once
#include "kernels/activation.hpp"

namespace trainyard {

/// Attributes of an activation, and first attributes of a product that carries one.
struct ActivationAttributes {
  kernels::Activation activation = kernels::Activation::none;
  double slope = 0.01;  ///< leaky_relu's
};

/// An op's part in fusion. The attributes of all but `none` are, or begin with, ActivationAttributes.
enum class Fusion : std::uint8_t {
  none,
  activation,        ///< y = f(x)
  activation_grad,   ///< dx = dy f'(x): inputs dy, y, and x where f' needs it
  takes_activation,  ///< a product whose epilogue can apply f
  takes_derivative   ///< an input gradient whose epilogue can multiply by f'(x), with y and x as further inputs
};

}  // namespace trainyard
