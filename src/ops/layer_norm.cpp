// y = (x - mean) / sqrt(variance + eps) * weight + bias over the last axes of every row (Ba, Kiros and Hinton 2016).
// x: [*, …, n], n one or several axes; weight and bias: [n], optional. Also gives mean and 1 / sqrt(variance + eps),
// [*, …], for the gradient.
#include "kernels/norm.hpp"
#include "ops/all.hpp"
#include "ops/norm.hpp"

namespace trainyard::ops {
namespace {
namespace layer_norm_op {

/// Numbers that are normalised together, and how many such groups a row has.
std::int64_t columns(const Shape& shape, int axes) {
  std::int64_t n = 1;
  for (int axis = shape.rank() - axes; axis < shape.rank(); ++axis) n *= shape[axis];
  return n;
}

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  const int axes = i.attributes<LayerNormAttributes>().axes;
  Inference::require_float(x);
  Inference::require(axes >= 1 && axes <= x.shape.rank() && x.batched && x.layout == Layout::channels_first,
                     ">= " + std::to_string(axes) + " axes", text(x.shape, x.batched));
  const auto split = static_cast<std::size_t>(x.shape.rank() - axes);
  const Shape last(x.shape.dims().subspan(split));
  for (const std::size_t s : {1U, 2U}) {
    if (i.has(s)) Inference::require(i.in(s).shape == last, text(last), text(i.in(s).shape));
  }
  const ValueType group{.shape = Shape(x.shape.dims().first(split))};
  i.out(x);
  i.out(group);
  i.out(group);
}

void step(Stepping& s) {
  const int axis = s.common_axis();
  if (axis >= s.was(0).shape.rank() - s.attributes().as<LayerNormAttributes>().axes) s.refuse();
  s.itself(axis);
}

void gradient(Gradient& g) {
  const ValueId mean = g.out(1);
  const ValueId rstd = g.out(2);
  if (g.wanted(0)) g.set(0, g.add(layer_norm_dx, {g.d(), g.in(0), g.in(1), mean, rstd}, g.attributes()));
  if (!g.wanted(1) && !g.wanted(2)) return;
  const ValueId dw = g.add(layer_norm_dw, {g.d(), g.in(0), mean, rstd}, g.attributes());
  if (g.wanted(1)) g.set(1, dw);
  if (g.wanted(2)) g.set(2, g.graph().output(dw, 1));
}

// Inputs dy, x, weight, mean, 1 / sqrt(variance + eps).
void infer_dx(Inference& i) { i.out(i.in(1)); }

template <class T>
void run_dx(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<LayerNormAttributes>();
  const std::int64_t n = columns(c.in_type[1]->shape, a.axes);
  const std::int64_t groups = c.in_type[1]->shape.size() / n;
  kernels::layer_norm_gradient(begin * groups, end * groups, n, c.input<T>(1), c.input<T>(2), c.input<T>(3),
                               c.input<T>(4), c.input<T>(0), c.output<T>(0), a.centred);
}

// Gradients of weight and bias. Inputs dy, x, mean, 1 / sqrt(variance + eps).
void infer_dw(Inference& i) {
  const auto axes = static_cast<std::size_t>(i.attributes<LayerNormAttributes>().axes);
  const ValueType last{.shape = Shape(i.in(1).shape.dims().last(axes)), .batched = false};
  i.out(last);
  i.out(last);
}

template <class T>
void run_dw(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t n = c.out_type[0]->shape.size();
  kernels::layer_norm_parameter_gradient(c.in_type[1]->elements(c.rows) / n, begin, end, n, c.input<T>(1),
                                         c.input<T>(2), c.input<T>(3), c.input<T>(0), c.output<T>(0), c.output<T>(1));
}

Work work_dw(const CallTypes& t) {
  return {.units = t.out[0]->shape.size(), .grain = 16, .flops = 4 * static_cast<double>(t.in[1]->elements(t.rows))};
}

void print(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<LayerNormAttributes>();
  sink.put("eps", a.eps);
  if (a.axes != 1) sink.put("axes", a.axes);
}

}  // namespace layer_norm_op
}  // namespace

template <class T>
void run_layer_norm(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<LayerNormAttributes>();
  const std::int64_t n = layer_norm_op::columns(c.in_type[0]->shape, a.axes);
  const std::int64_t groups = c.in_type[0]->shape.size() / n;
  kernels::layer_norm(begin * groups, end * groups, n, static_cast<T>(a.eps), c.input<T>(0), c.input<T>(1),
                      c.input<T>(2), c.output<T>(0), c.output<T>(1), c.output<T>(2), a.centred);
}
template void run_layer_norm<float>(const Call&, std::int64_t, std::int64_t);
#ifndef __EMSCRIPTEN__
template void run_layer_norm<double>(const Call&, std::int64_t, std::int64_t);
#endif

const Op layer_norm{.name = "layer_norm",
                    .infer = layer_norm_op::infer,
                    .run = TRAINYARD_KERNELS(run_layer_norm),
                    .work = [](const CallTypes& t) { return by_rows(t, 7); },
                    .gradient = layer_norm_op::gradient,
                    .step = layer_norm_op::step,
                    .in_place = 0,
                    .onnx = "LayerNormalization",
                    .print_attributes = layer_norm_op::print};
const Op layer_norm_dx{.name = "layer_norm_dx",
                       .infer = layer_norm_op::infer_dx,
                       .run = TRAINYARD_KERNELS(layer_norm_op::run_dx),
                       .work = [](const CallTypes& t) { return by_rows(t, 9); },
                       .in_place = 0};
const Op layer_norm_dw{.name = "layer_norm_dw",
                       .infer = layer_norm_op::infer_dw,
                       .run = TRAINYARD_KERNELS(layer_norm_op::run_dw),
                       .work = layer_norm_op::work_dw};

}  // namespace trainyard::ops
