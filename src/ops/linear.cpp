// y = act(x W + b). x: [*, …, in], W: [in, out] (PyTorch's weight, transposed), b: [out], y: [*, …, out].
// The activation is `none` until the epilogue pass merges one in. `linear_transposed` is the same with W stored as
// PyTorch stores it, [out, in]: a matrix that is also an embedding, or a part of one.
#include <algorithm>
#include <array>
#include <string>

#include "kernels/gemm/gemm.hpp"
#include "ops/activation.hpp"
#include "ops/all.hpp"
#include "ops/sum_rows.hpp"

namespace trainyard::ops {
namespace {
namespace linear_op {

using kernels::Gemm;
using kernels::Transpose;

/// Rows of the matrix that a row of the batch is: all axes before the last.
std::int64_t inner(const ValueType& type) { return type.shape.leading(type.shape.rank() - 1); }
/// Rows of the matrix.
std::int64_t outer(const ValueType& type, std::int64_t rows) { return (type.batched ? rows : 1) * inner(type); }
/// Rows of the matrix that a unit of work is: what has no batch is cut by them.
std::int64_t unit(const ValueType& type) { return type.batched ? inner(type) : 1; }

Work by_matrix_rows(const CallTypes& t, double cost) {
  const ValueType& x = *t.in[0];
  if (x.batched) return by_rows(t, cost);
  return {.units = inner(x), .grain = row_grain, .flops = cost * output_elements(t)};
}

ValueType with_last(ValueType type, std::int64_t size) {
  std::array<std::int64_t, Shape::max_rank> dims{};
  const auto rank = static_cast<std::size_t>(type.shape.rank());
  std::ranges::copy(type.shape.dims(), dims.begin());
  dims[rank - 1] = size;
  type.shape = Shape(std::span(dims).first(rank));
  return type;
}

/// The axis of W that x's last one is.
constexpr int input_axis(Transpose p) { return p == Transpose::nt ? 1 : 0; }

template <Transpose P>
void infer(Inference& i) {
  constexpr int from = input_axis(P);
  const ValueType& x = i.in(0);
  const Shape& w = i.in(1).shape;
  Inference::require_float(x);
  Inference::require(x.shape.rank() >= 1 && x.layout == Layout::channels_first && x.shape.back() == w[from],
                     "[*, " + std::to_string(w[from]) + "]", text(x.shape, x.batched));
  i.out(with_last(x, w[1 - from]));
}

template <class T, Transpose P>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<ActivationAttributes>();
  const Shape& w = c.in_type[1]->shape;
  const std::int64_t per_unit = unit(*c.in_type[0]);
  const std::int64_t rows = outer(*c.in_type[0], c.rows);
  const Gemm<T> g{.transpose = P,
                  .m = rows,
                  .n = w[1 - input_axis(P)],
                  .k = w[input_axis(P)],
                  .a = c.input<T>(0),
                  .b = c.input<T>(1),
                  .c = c.output<T>(0),
                  .by_lanes = rows == 1,  // a token's products: each takes as long as reading B does
                  .bias = c.input<T>(2),
                  .activation = a.activation,
                  .slope = static_cast<T>(a.slope)};
  kernels::gemm(g, begin * per_unit, end * per_unit, c.thread_scratch);
}

template <Transpose P>
Work work(const CallTypes& t) {
  return by_matrix_rows(t, 2 * static_cast<double>(t.in[1]->shape[input_axis(P)]));
}

template <Transpose P>
double multiply_adds(const CallTypes& t) {
  return static_cast<double>(t.in[1]->shape[input_axis(P)]) * output_elements(t);
}

template <Transpose P>
Scratch scratch_for(std::int64_t m, std::int64_t n, std::int64_t k, Precision p) {
  return {.per_thread = p == Precision::f32 ? kernels::gemm_scratch_bytes<float>(P, m, n, k)
#if defined(__EMSCRIPTEN__)
                                            : 0
#else
                                            : kernels::gemm_scratch_bytes<double>(P, m, n, k)
#endif
  };
}

template <Transpose P>
Scratch scratch(const CallTypes& t) {
  const Shape& w = t.in[1]->shape;
  return scratch_for<P>(outer(*t.in[0], t.rows), w[1 - input_axis(P)], w[input_axis(P)], t.precision);
}

void gradient(Gradient& g) {
  const ValueId dz = g.d();
  if (g.wanted(0)) g.set(0, g.add(linear_dx, {dz, g.in(1)}));
  if (g.wanted(1)) g.set(1, g.add(linear_dw, {g.in(0), dz}));
  if (g.wanted(2)) g.set(2, sum_to(g, dz, g.graph().type(g.in(2)).shape));
}

// Of y = x W^T: dx = dz W and dW = dz^T x, the same products with the parts changed over.
void gradient_transposed(Gradient& g) {
  const ValueId dz = g.d();
  if (g.wanted(0)) g.set(0, g.add(linear, {dz, g.in(1)}));
  if (g.wanted(1)) g.set(1, g.add(linear_dw, {dz, g.in(0)}));
  if (g.wanted(2)) g.set(2, sum_to(g, dz, g.graph().type(g.in(2)).shape));
}

// dx = (dz W^T) * f'(x): inputs dz [*, …, out], W [in, out], and, where the epilogue pass merged the derivative of the
// activation before this layer, what activation_grad has: y [*, …, in] and perhaps x.
void infer_dx(Inference& i) {
  const ValueType& dz = i.in(0);
  const Shape& w = i.in(1).shape;
  Inference::require(dz.shape.back() == w[1], "[*, " + std::to_string(w[1]) + "]", text(dz.shape, dz.batched));
  i.out(with_last(dz, w[0]));
}

template <class T, bool Accumulate>
void run_dx(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<ActivationAttributes>();
  const Shape& w = c.in_type[1]->shape;
  const std::int64_t per_unit = unit(*c.in_type[0]);
  Gemm<T> g{.transpose = Transpose::nt,
            .m = outer(*c.in_type[0], c.rows),
            .n = w[0],
            .k = w[1],
            .a = c.input<T>(0),
            .b = c.input<T>(1),
            .c = c.output<T>(0),
            .accumulate = Accumulate,
            .slope = static_cast<T>(a.slope)};
  if constexpr (!Accumulate) {
    g.derivative_of = c.has(2) ? a.activation : Activation::none;
    g.derivative_y = c.input<T>(2);
    g.derivative_x = c.input<T>(3);
  }
  kernels::gemm(g, begin * per_unit, end * per_unit, c.thread_scratch);
}

Work work_dx(const CallTypes& t) { return by_matrix_rows(t, 2 * static_cast<double>(t.in[1]->shape[1])); }

Scratch scratch_dx(const CallTypes& t) {
  const Shape& w = t.in[1]->shape;
  return scratch_for<Transpose::nt>(outer(*t.in[0], t.rows), w[0], w[1], t.precision);
}

// dW = x^T dz: [in, out], cut along the longer side of dW (counted in pieces), as every piece copies what lies along
// the other one; the batch is summed in one piece.
bool cut_by_columns(const Shape& w) { return w[1] > w[0] && w[1] / column_grain >= w[0] / row_grain; }

void infer_dw(Inference& i) { i.out({.shape = {i.in(0).shape.back(), i.in(1).shape.back()}, .batched = false}); }

template <class T, bool Accumulate>
void run_dw(const Call& c, std::int64_t begin, std::int64_t end) {
  const Shape& w = c.out_type[0]->shape;
  const Gemm<T> g{.transpose = Transpose::tn,
                  .m = w[0],
                  .n = w[1],
                  .k = outer(*c.in_type[0], c.rows),
                  .a = c.input<T>(0),
                  .b = c.input<T>(1),
                  .c = c.output<T>(0),
                  .accumulate = Accumulate};
  if (cut_by_columns(w)) {
    kernels::gemm(g, 0, w[0], begin, end, c.thread_scratch);
  } else {
    kernels::gemm(g, begin, end, c.thread_scratch);
  }
}

Work work_dw(const CallTypes& t) {
  const double k = static_cast<double>(outer(*t.in[0], t.rows));
  const Shape& w = t.out[0]->shape;
  const bool by_columns = cut_by_columns(w);
  return {.units = by_columns ? w[1] : w[0],
          .grain = by_columns ? column_grain : row_grain,
          .flops = 2 * k * output_elements(t)};
}

Scratch scratch_dw(const CallTypes& t) {
  const Shape& w = t.out[0]->shape;
  return scratch_for<Transpose::tn>(w[0], w[1], outer(*t.in[0], t.rows), t.precision);
}

}  // namespace linear_op
}  // namespace

const Op linear{.name = "linear",
                .infer = linear_op::infer<linear_op::Transpose::nn>,
                .run = TRAINYARD_KERNELS(linear_op::run, linear_op::Transpose::nn),
                .work = linear_op::work<linear_op::Transpose::nn>,
                .multiply_adds = linear_op::multiply_adds<linear_op::Transpose::nn>,
                .scratch = linear_op::scratch<linear_op::Transpose::nn>,
                .gradient = linear_op::gradient,
                .step = step_along_last,
                .fusion = Fusion::takes_activation,
                .onnx = "Gemm",
                .print_attributes = print_activation};
const Op linear_transposed{.name = "linear_transposed",
                           .infer = linear_op::infer<linear_op::Transpose::nt>,
                           .run = TRAINYARD_KERNELS(linear_op::run, linear_op::Transpose::nt),
                           .work = linear_op::work<linear_op::Transpose::nt>,
                           .multiply_adds = linear_op::multiply_adds<linear_op::Transpose::nt>,
                           .scratch = linear_op::scratch<linear_op::Transpose::nt>,
                           .gradient = linear_op::gradient_transposed,
                           .step = step_along_last,
                           .fusion = Fusion::takes_activation,
                           .onnx = "Gemm",
                           .print_attributes = print_activation};
const Op linear_dx_accumulate{.name = "linear_dx_accumulate",
                              .infer = linear_op::infer_dx,
                              .run = TRAINYARD_KERNELS(linear_op::run_dx, true),
                              .work = linear_op::work_dx,
                              .scratch = linear_op::scratch_dx,
                              .accumulates = 2};
const Op linear_dx{.name = "linear_dx",
                   .infer = linear_op::infer_dx,
                   .run = TRAINYARD_KERNELS(linear_op::run_dx, false),
                   .work = linear_op::work_dx,
                   .scratch = linear_op::scratch_dx,
                   .accumulating = &linear_dx_accumulate,
                   .fusion = Fusion::takes_derivative,
                   .print_attributes = print_activation};
const Op linear_dw_accumulate{.name = "linear_dw_accumulate",
                              .infer = linear_op::infer_dw,
                              .run = TRAINYARD_KERNELS(linear_op::run_dw, true),
                              .work = linear_op::work_dw,
                              .scratch = linear_op::scratch_dw,
                              .accumulates = 2};
const Op linear_dw{.name = "linear_dw",
                   .infer = linear_op::infer_dw,
                   .run = TRAINYARD_KERNELS(linear_op::run_dw, false),
                   .work = linear_op::work_dw,
                   .scratch = linear_op::scratch_dw,
                   .accumulating = &linear_dw_accumulate};

}  // namespace trainyard::ops
