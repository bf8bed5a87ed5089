// Activations: one definition (kernels/activation.hpp) serves the ops, the fused epilogues and the gradients.
#pragma once
#include "kernels/activation.hpp"
#include "ops/common.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {

using kernels::Activation;

[[nodiscard]] std::string_view name(Activation a) noexcept;
void print_activation(const Attributes& attributes, TextSink& sink);

/// The gradient rule of every activation: dx = dy * f'(y or x).
void activation_gradient(Gradient& g);

template <Activation A, class T>
void run_activation(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto [first, count] = elements(*c.out_type[0], begin, end);
  const T slope = static_cast<T>(c.attributes_as<ActivationAttributes>().slope);
  simd::map<T>(
      count, c.output<T>(0) + first, [slope](const auto& x) { return kernels::activate<A, T>(x, slope); },
      c.input<T>(0) + first);
}

template <Activation A>
void infer_activation(Inference& i) {
  i.attributes<ActivationAttributes>().activation = A;
  same_as_first(i);
}

template <Activation A>
[[nodiscard]] constexpr Kernels activation_kernels() {
#if defined(__EMSCRIPTEN__)
  return {&run_activation<A, float>, nullptr};
#else
  return {&run_activation<A, float>, &run_activation<A, double>};
#endif
}

/// An activation op. Its derivative comes from the output where it can, so that the input's place may be reused.
template <Activation A>
[[nodiscard]] constexpr Op activation_op(std::string_view name, std::string_view onnx) {
  return {.name = name,
          .infer = infer_activation<A>,
          .run = activation_kernels<A>(),
          .work = [](const CallTypes& t) { return by_rows(t, A == Activation::relu ? 1 : 10); },
          .gradient = activation_gradient,
          .in_place = 0,
          .fusion = Fusion::activation,
          .onnx = onnx,
          .print_attributes = A == Activation::leaky_relu ? print_activation : nullptr};
}

}  // namespace trainyard::ops
