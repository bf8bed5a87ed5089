// Mean squared error: loss of a row = mean over its elements of (y - t)^2.
#include "ops/all.hpp"
#include "ops/loss.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {
namespace {
namespace mse_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  mean_of_rows<T>(c, begin, end, [](const auto& y, const auto& t) {
    const auto e = y - t;
    return e * e;
  });
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  gradient_of_rows<T>(c, begin, end, 2, [](const auto& y, const auto& t, const auto& s) { return (y - t) * (s + s); });
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
