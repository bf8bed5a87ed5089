// Binary cross entropy on logits z with targets t in [0, 1]: loss of a row = mean over its elements of
// (1 - t) softplus(z) + w t softplus(-z), with softplus(z) = max(z, 0) + log(1 + e^-|z|): no term overflows, and none
// is taken from another, which would lose the digits of what is small. w: weight of the positive class (PyTorch's
// pos_weight), shaped like the last axes of z, or none: 1.
#include "ops/all.hpp"
#include "ops/loss.hpp"
#include "simd/loop.hpp"
#include "simd/math.hpp"

namespace trainyard::ops {
namespace {
namespace bce_with_logits_op {

void infer(Inference& i) {
  infer_regression(i);
  if (!i.has(2)) return;
  const Shape& z = i.in(0).shape;
  const Shape& w = i.in(2).shape;
  bool fits = !i.in(2).batched && w.rank() <= z.rank();
  for (int axis = 1; fits && axis <= w.rank(); ++axis) fits = w[w.rank() - axis] == z[z.rank() - axis];
  Inference::require(fits, text(z), text(w));
}

/// Calls f(offset, count, positive weights) for the stretches of row r that the weights are repeated for.
template <class T, class F>
void over_stretches(const Call& c, std::int64_t n, std::int64_t r, const F& f) {
  const T* w = c.input<T>(2);
  const std::int64_t stretch = c.in_type[2]->shape.size();
  for (std::int64_t at = 0; at < n; at += stretch) f(r * n + at, stretch, w);
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t n = c.in_type[0]->shape.size();
  const simd::Vec<T> one = simd::one<T>();
  const simd::Vec<T> zero(T(0));
  const auto log_part = [](const auto& x) { return simd::softplus<T>(-simd::abs<T>(x)); };  // log(1 + e^-|x|)
  if (!c.has(2)) {
    mean_of_rows<T>(c, begin, end, [=](const auto& x, const auto& y) {
      return simd::madd<T>(one - y, simd::max<T>(x, zero), y * simd::max<T>(-x, zero)) + log_part(x);
    });
    return;
  }
  for (std::int64_t r = begin; r < end; ++r) {
    T sum = 0;
    over_stretches<T>(c, n, r, [&](std::int64_t at, std::int64_t count, const T* w) {
      sum += simd::reduce_sum<T>(
          count,
          [=](const auto& x, const auto& y, const auto& p) {
            const simd::Vec<T> both = log_part(x);
            return simd::madd<T>(one - y, simd::max<T>(x, zero) + both, p * y * (simd::max<T>(-x, zero) + both));
          },
          c.input<T>(0) + at, c.input<T>(1) + at, w);
    });
    c.output<T>(0)[r] = sum / static_cast<T>(n);
  }
}

// dz = seed / n ((1 - t) - (1 + (w - 1) t) sigmoid(-z)). Inputs z, t, w or none, seed.
template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t n = c.in_type[0]->shape.size();
  const simd::Vec<T> one = simd::one<T>();
  if (!c.has(2)) {
    gradient_of_rows<T>(c, begin, end, 3,
                        [](const auto& x, const auto& y, const auto& s) { return (simd::sigmoid<T>(x) - y) * s; });
    return;
  }
  for (std::int64_t r = begin; r < end; ++r) {
    const simd::Vec<T> scale(c.input<T>(3)[r] / static_cast<T>(n));
    over_stretches<T>(c, n, r, [&](std::int64_t at, std::int64_t count, const T* w) {
      simd::map<T>(
          count, c.output<T>(0) + at,
          [one, scale](const auto& x, const auto& y, const auto& p) {
            return simd::nmadd<T>(simd::madd<T>(p - one, y, one), simd::sigmoid<T>(-x), one - y) * scale;
          },
          c.input<T>(0) + at, c.input<T>(1) + at, w);
    });
  }
}

void gradient(Gradient& g) { g.set(0, g.add(bce_with_logits_grad, {g.in(0), g.in(1), g.in(2), g.d()})); }

}  // namespace bce_with_logits_op
}  // namespace

const Op bce_with_logits{.name = "bce_with_logits",
                         .infer = bce_with_logits_op::infer,
                         .run = TRAINYARD_KERNELS(bce_with_logits_op::run),
                         .work = [](const CallTypes& t) { return loss_work(t, 25); },
                         .gradient = bce_with_logits_op::gradient,
                         .onnx = "ReduceMean(Add(Mul(Sub(1, t), Softplus(z)), Mul(t, Softplus(Neg(z)))))"};
const Op bce_with_logits_grad{.name = "bce_with_logits_grad",
                              .infer = infer_regression_grad,
                              .run = TRAINYARD_KERNELS(bce_with_logits_op::run_grad),
                              .work = [](const CallTypes& t) { return loss_work(t, 15); },
                              .in_place = 0};

}  // namespace trainyard::ops
