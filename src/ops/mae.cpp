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
  mean_of_rows<T>(c, begin, end, [](const auto& y, const auto& t) { return simd::abs<T>(y - t); });
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const simd::Vec<T> zero(T(0));
  gradient_of_rows<T>(c, begin, end, 2, [zero](const auto& y, const auto& t, const auto& s) {
    return simd::select<T>(y > t, s, simd::select<T>(y < t, -s, zero));
  });
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
