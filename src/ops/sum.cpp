// Sum and mean over one axis, which goes: [*, …, n, …] -> [*, …, …].
#include "kernels/reduce.hpp"
#include "ops/all.hpp"
#include "ops/reduce.hpp"

namespace trainyard::ops {
namespace {
namespace sum_op {

template <class T, bool Mean>
void reduce(const Call& c, std::int64_t begin, std::int64_t end) {
  const AxisView v(*c.in_type[0], c.attributes_as<AxisAttributes>().axis);
  const T* x = c.input<T>(0);
  T* y = c.output<T>(0);
  if (v.inner == 1) {
    kernels::row_sum(begin * v.outer, end * v.outer, v.length, x, v.length, y);
  } else {
    for (std::int64_t o = begin * v.outer; o < end * v.outer; ++o) {
      kernels::column_sum(v.length, 0, v.inner, x + o * v.length * v.inner, v.inner, y + o * v.inner);
    }
  }
  if constexpr (Mean) {
    const auto [first, count] = elements(*c.out_type[0], begin, end);
    const simd::Vec<T> share(T(1) / static_cast<T>(v.length));
    simd::map<T>(count, y + first, [share](const auto& s) { return s * share; }, y + first);
  }
}

void gradient_with(Gradient& g, bool mean) {
  const int axis = g.attributes().as<AxisAttributes>().axis;
  const std::int64_t n = g.graph().type(g.in(0)).shape[axis];
  g.set(0, g.add(spread, {g.d()}, Attributes(SpreadAttributes{axis, n, mean ? 1 / static_cast<double>(n) : 1})));
}
void gradient_sum(Gradient& g) { gradient_with(g, false); }
void gradient_mean(Gradient& g) { gradient_with(g, true); }

// dx = dy along the axis that went.
void infer_spread(Inference& i) {
  const auto& a = i.attributes<SpreadAttributes>();
  const ValueType& dy = i.in(0);
  std::array<std::int64_t, Shape::max_rank> dims{};
  const auto axis = static_cast<std::size_t>(a.axis);
  const auto from = dy.shape.dims();
  std::ranges::copy(from.first(axis), dims.begin());
  dims[axis] = a.length;
  std::ranges::copy(from.subspan(axis), dims.begin() + a.axis + 1);
  i.out({.shape = Shape(std::span(dims).first(from.size() + 1)), .batched = dy.batched});
}

template <class T>
void run_spread(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<SpreadAttributes>();
  const AxisView v(*c.out_type[0], a.axis);
  const simd::Vec<T> factor(static_cast<T>(a.factor));
  for (std::int64_t o = begin * v.outer; o < end * v.outer; ++o) {
    const T* dy = c.input<T>(0) + o * v.inner;
    T* dx = c.output<T>(0) + o * v.length * v.inner;
    if (v.inner == 1) {
      std::fill_n(dx, v.length, dy[0] * static_cast<T>(a.factor));
      continue;
    }
    for (std::int64_t k = 0; k < v.length; ++k) {
      simd::map<T>(v.inner, dx + k * v.inner, [factor](const auto& d) { return d * factor; }, dy);
    }
  }
}

}  // namespace sum_op
}  // namespace

const Op sum{.name = "sum",
             .infer = infer_reduction,
             .run = TRAINYARD_KERNELS(sum_op::reduce, false),
             .work = reduction_work,
             .gradient = sum_op::gradient_sum,
             .step = step_reduction,
             .onnx = "ReduceSum",
             .print_attributes = print_axis};
const Op mean{.name = "mean",
              .infer = infer_reduction,
              .run = TRAINYARD_KERNELS(sum_op::reduce, true),
              .work = reduction_work,
              .gradient = sum_op::gradient_mean,
              .step = step_reduction,
              .onnx = "ReduceMean",
              .print_attributes = print_axis};
const Op spread{.name = "spread",
                .infer = sum_op::infer_spread,
                .run = TRAINYARD_KERNELS(sum_op::run_spread),
                .work = elementwise_work};

}  // namespace trainyard::ops
