// y = the largest number along one axis, which goes: [*, …, n, …] -> [*, …, …]. The gradient is divided evenly among
// all that are the largest, as torch.amax's is; NaN is larger than any number.
#include <cmath>

#include "ops/all.hpp"
#include "ops/reduce.hpp"

namespace trainyard::ops {
namespace {
namespace max_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const AxisView v(*c.in_type[0], c.attributes_as<AxisAttributes>().axis);
  for (std::int64_t o = begin * v.outer; o < end * v.outer; ++o) {
    for (std::int64_t i = 0; i < v.inner; ++i) {
      const T* x = c.input<T>(0) + o * v.length * v.inner + i;
      T best = x[0];
      for (std::int64_t k = 1; k < v.length; ++k) {
        const T next = x[k * v.inner];
        if (next > best || std::isnan(next)) best = next;
      }
      c.output<T>(0)[o * v.inner + i] = best;
    }
  }
}

// Inputs x, y, dy.
void infer_grad(Inference& i) { i.out(i.in(0)); }

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const AxisView v(*c.in_type[0], c.attributes_as<AxisAttributes>().axis);
  for (std::int64_t o = begin * v.outer; o < end * v.outer; ++o) {
    for (std::int64_t i = 0; i < v.inner; ++i) {
      const std::int64_t at = o * v.length * v.inner + i;
      const T* x = c.input<T>(0) + at;
      T* dx = c.output<T>(0) + at;
      const T best = c.input<T>(1)[o * v.inner + i];
      T equals = 0;
      for (std::int64_t k = 0; k < v.length; ++k) equals += x[k * v.inner] == best ? T(1) : T(0);
      const T share = c.input<T>(2)[o * v.inner + i] / equals;
      for (std::int64_t k = 0; k < v.length; ++k) dx[k * v.inner] = x[k * v.inner] == best ? share : T(0);
    }
  }
}

void gradient(Gradient& g) { g.set(0, g.add(max_grad, {g.in(0), g.out(), g.d()}, g.attributes())); }

}  // namespace max_op
}  // namespace

const Op max{.name = "max",
             .infer = infer_reduction,
             .run = TRAINYARD_KERNELS(max_op::run),
             .work = reduction_work,
             .gradient = max_op::gradient,
             .step = step_reduction,
             .onnx = "ReduceMax",
             .print_attributes = print_axis};
const Op max_grad{.name = "max_grad",
                  .infer = max_op::infer_grad,
                  .run = TRAINYARD_KERNELS(max_op::run_grad),
                  .work = reduction_work,
                  .print_attributes = print_axis};

}  // namespace trainyard::ops
