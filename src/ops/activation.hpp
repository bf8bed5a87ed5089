// Activations: one definition (kernels/activation.hpp) serves the ops, the fused epilogues and the gradients.
#pragma once
#include "kernels/activation.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {

using kernels::Activation;

[[nodiscard]] std::string_view name(Activation a) noexcept;
void print_activation(const Attributes& attributes, TextSink& sink);

/// The gradient rule of every activation: dx = dy * f', from y and, where f' needs it, x.
void activation_gradient(Gradient& g);

/// The kernel of every activation: which one, the attributes say.
template <class T>
void run_activation(const Call& c, std::int64_t begin, std::int64_t end);

template <Activation A>
void infer_activation(Inference& i) {
  i.attributes<ActivationAttributes>().activation = A;
  same_as_first(i);
}

/// An activation op. Its derivative comes from the output where it can, so that the input's place may be reused.
template <Activation A>
[[nodiscard]] constexpr Op activation_op(std::string_view name, std::string_view onnx) {
  return {.name = name,
          .infer = infer_activation<A>,
          .run = TRAINYARD_KERNELS(run_activation),
          .work = [](const CallTypes& t) { return by_rows(t, A == Activation::relu ? 1 : 10); },
          .gradient = activation_gradient,
          .step = step_elementwise,
          .in_place = 0,
          .fusion = Fusion::activation,
          .onnx = onnx,
          .print_attributes = A == Activation::leaky_relu ? print_activation : nullptr};
}

}  // namespace trainyard::ops
