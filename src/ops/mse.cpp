// Mean squared error: loss of a row = mean over its elements of (y - t)^2.
#include "ops/all.hpp"
#include "ops/loss.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {
namespace {
namespace mse_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t n = c.in_type[0]->shape.size();
  const T scale = T(1) / static_cast<T>(n);
  for (std::int64_t r = begin; r < end; ++r) {
    const T sum = simd::reduce_sum<T>(
        n,
        [](const auto& y, const auto& t) {
          const auto e = y - t;
          return e * e;
        },
        c.input<T>(0) + r * n, c.input<T>(1) + r * n);
    c.output<T>(0)[r] = sum * scale;
  }
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t n = c.in_type[0]->shape.size();
  for (std::int64_t r = begin; r < end; ++r) {
    const simd::Vec<T> scale(T(2) / static_cast<T>(n) * c.input<T>(2)[r]);
    simd::map<T>(
        n, c.output<T>(0) + r * n, [scale](const auto& y, const auto& t) { return (y - t) * scale; },
        c.input<T>(0) + r * n, c.input<T>(1) + r * n);
  }
}

void gradient(Gradient& g) { g.set(0, g.add(mse_grad, {g.in(0), g.in(1), g.d()})); }

}  // namespace mse_op
}  // namespace

const Op mse{.name = "mse",
             .infer = infer_regression,
             .run = TRAINYARD_KERNELS(mse_op::run),
             .work = [](const CallTypes& t) { return loss_work(t, 3); },
             .gradient = mse_op::gradient,
             .onnx = "ReduceMean(Pow(Sub(y, t), 2))"};
const Op mse_grad{.name = "mse_grad",
                  .infer = infer_regression_grad,
                  .run = TRAINYARD_KERNELS(mse_op::run_grad),
                  .work = [](const CallTypes& t) { return loss_work(t, 3); },
                  .in_place = 0};

}  // namespace trainyard::ops
