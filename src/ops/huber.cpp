// Huber loss (1964): loss of a row = mean over its elements of e^2 / 2 where |e| <= delta, else delta (|e| - delta /
// 2), e = y - t. With c = min(|e|, delta) both are c (|e| - c / 2).
#include "core/error.hpp"
#include "ops/all.hpp"
#include "ops/loss.hpp"
#include "simd/loop.hpp"
#include "simd/math.hpp"

namespace trainyard::ops {
namespace {
namespace huber_op {

void infer(Inference& i) {
  const double delta = i.attributes<HuberAttributes>().delta;
  if (!(delta > 0)) throw Error(ErrorCode::invalid_value, "", "delta > 0", std::to_string(delta));
  infer_regression(i);
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  using V = simd::Vec<T>;
  const V delta(static_cast<T>(c.attributes_as<HuberAttributes>().delta));
  mean_of_rows<T>(c, begin, end, [delta](const V& y, const V& t) {
    const V e = simd::abs<T>(y - t);
    const V bounded = simd::min<T>(e, delta);
    return bounded * simd::nmadd<T>(bounded, V(T(0.5)), e);
  });
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  using V = simd::Vec<T>;
  const V delta(static_cast<T>(c.attributes_as<HuberAttributes>().delta));
  gradient_of_rows<T>(c, begin, end, 2, [delta](const V& y, const V& t, const V& s) {
    return simd::max<T>(simd::min<T>(y - t, delta), -delta) * s;
  });
}

void gradient(Gradient& g) { g.set(0, g.add(huber_grad, {g.in(0), g.in(1), g.d()}, g.attributes())); }

void print(const Attributes& attributes, TextSink& sink) { sink.put("delta", attributes.as<HuberAttributes>().delta); }

}  // namespace huber_op
}  // namespace

const Op huber{.name = "huber",
               .infer = huber_op::infer,
               .run = TRAINYARD_KERNELS(huber_op::run),
               .work = [](const CallTypes& t) { return loss_work(t, 6); },
               .gradient = huber_op::gradient,
               .onnx = "ReduceMean(Mul(c, Sub(Abs(e), Mul(0.5, c))))",
               .print_attributes = huber_op::print};
const Op huber_grad{.name = "huber_grad",
                    .infer = infer_regression_grad,
                    .run = TRAINYARD_KERNELS(huber_op::run_grad),
                    .work = [](const CallTypes& t) { return loss_work(t, 4); },
                    .in_place = 0,
                    .print_attributes = huber_op::print};

}  // namespace trainyard::ops
