// Mean absolute error: loss of a row = mean over its elements of |y - t|. Its gradient is 0 where y = t, as PyTorch's.
#include "ops/all.hpp"
#include "ops/loss.hpp"
#include "simd/loop.hpp"
#include "simd/math.hpp"

namespace trainyard::ops {
namespace {
namespace mae_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t n = c.in_type[0]->shape.size();
  const T share = T(1) / static_cast<T>(n);
  for (std::int64_t r = begin; r < end; ++r) {
    const T sum = simd::reduce_sum<T>(
        n, [](const auto& y, const auto& t) { return simd::abs<T>(y - t); }, c.input<T>(0) + r * n,
        c.input<T>(1) + r * n);
    c.output<T>(0)[r] = sum * share;
  }
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  using V = simd::Vec<T>;
  const std::int64_t n = c.in_type[0]->shape.size();
  for (std::int64_t r = begin; r < end; ++r) {
    const V step(c.input<T>(2)[r] / static_cast<T>(n));
    const V zero(T(0));
    simd::map<T>(
        n, c.output<T>(0) + r * n,
        [step, zero](const V& y, const V& t) {
          return simd::select<T>(y > t, step, simd::select<T>(y < t, -step, zero));
        },
        c.input<T>(0) + r * n, c.input<T>(1) + r * n);
  }
}

void gradient(Gradient& g) { g.set(0, g.add(mae_grad, {g.in(0), g.in(1), g.d()})); }

}  // namespace mae_op
}  // namespace

const Op mae{.name = "mae",
             .infer = infer_regression,
             .run = TRAINYARD_KERNELS(mae_op::run),
             .work = [](const CallTypes& t) { return loss_work(t, 3); },
             .gradient = mae_op::gradient,
             .onnx = "ReduceMean(Abs(Sub(y, t)))"};
const Op mae_grad{.name = "mae_grad",
                  .infer = infer_regression_grad,
                  .run = TRAINYARD_KERNELS(mae_op::run_grad),
                  .work = [](const CallTypes& t) { return loss_work(t, 3); },
                  .in_place = 0};

}  // namespace trainyard::ops
