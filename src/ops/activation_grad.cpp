// What all activations share: the kernel, and dx = dy * f'(x), from the activation's output y and, where the derivative
// needs it, its input x: inputs dy, y, x.
#include "kernels/elementwise.hpp"
#include "ops/activation.hpp"
#include "ops/all.hpp"

namespace trainyard::ops {
namespace {
namespace activation_grad_op {

void infer(Inference& i) {
  const std::size_t last = kernels::derivative_needs_input(i.attributes<ActivationAttributes>().activation) ? 2 : 1;
  for (std::size_t s = 1; s <= last; ++s) {
    Inference::require(i.has(s) && i.in(0) == i.in(s), text(i.in(0)), i.has(s) ? text(i.in(s)) : "nothing");
  }
  i.out(i.in(0));
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto [first, count] = elements(*c.out_type[0], begin, end);
  const auto& a = c.attributes_as<ActivationAttributes>();
  kernels::activation_gradient(a.activation, static_cast<T>(a.slope), first, first + count, c.input<T>(2),
                               c.input<T>(1), c.input<T>(0), c.output<T>(0));
}

}  // namespace activation_grad_op
}  // namespace

template <class T>
void run_activation(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto [first, count] = elements(*c.out_type[0], begin, end);
  const auto& a = c.attributes_as<ActivationAttributes>();
  kernels::activation_forward(a.activation, static_cast<T>(a.slope), first, first + count, c.input<T>(0),
                              c.output<T>(0));
}
template void run_activation<float>(const Call&, std::int64_t, std::int64_t);
#ifndef __EMSCRIPTEN__
template void run_activation<double>(const Call&, std::int64_t, std::int64_t);
#endif

std::string_view name(Activation a) noexcept {
  switch (a) {
    case Activation::none: return "none";
    case Activation::relu: return "relu";
    case Activation::leaky_relu: return "leaky_relu";
    case Activation::tanh: return "tanh";
    case Activation::sigmoid: return "sigmoid";
    case Activation::gelu: return "gelu";
    case Activation::gelu_tanh: return "gelu_tanh";
    case Activation::silu: return "silu";
  }
  return "?";
}

void print_activation(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<ActivationAttributes>();
  if (a.activation == Activation::none) return;
  sink.put("activation", name(a.activation));
  if (a.activation == Activation::leaky_relu) sink.put("slope", a.slope);
}

void activation_gradient(Gradient& g) {
  const auto& a = g.attributes().as<ActivationAttributes>();
  const ValueId y = a.activation == Activation::leaky_relu && a.slope < 0 ? g.in(0) : g.out();
  g.set(0, kernels::derivative_needs_input(a.activation) ? g.add(activation_grad, {g.d(), y, g.in(0)}, g.attributes())
                                                         : g.add(activation_grad, {g.d(), y}, g.attributes()));
}

const Op activation_grad{.name = "activation_grad",
                         .infer = activation_grad_op::infer,
                         .run = TRAINYARD_KERNELS(activation_grad_op::run),
                         .work = [](const CallTypes& t) { return by_rows(t, 4); },
                         .in_place = 0,
                         .fusion = Fusion::activation_grad,
                         .print_attributes = print_activation};

}  // namespace trainyard::ops
