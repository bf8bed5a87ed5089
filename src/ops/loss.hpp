// What loss ops share. A loss gives one number a row; the trainer weighs rows and divides (graph/op.hpp).
#pragma once
#include <cstdint>

#include "ops/common.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {

struct CrossEntropyAttributes {
  double label_smoothing = 0;
  std::int64_t ignore_index = -100;  ///< a class id that counts for nothing (PyTorch's default)
};

struct HuberAttributes {
  double delta = 1;  ///< up to here the loss is a square
};

[[nodiscard]] inline ValueType one_a_row() { return {.shape = {}, .batched = true}; }

/// Regression losses: prediction and target of one shape.
inline void infer_regression(Inference& i) {
  Inference::require_float(i.in(0));
  Inference::require(i.in(0).shape == i.in(1).shape, text(i.in(0).shape, true), text(i.in(1).shape, true),
                     {"target_shape", ""});
  i.out(one_a_row());
}
inline void infer_regression_grad(Inference& i) { i.out(i.in(0)); }

/// Losses of rows [begin, end): the mean over a row's elements of f(prediction, target). Rows of one number are taken
/// together: one by one they would fill a vector's first lane alone.
template <class T, class F>
void mean_of_rows(const Call& c, std::int64_t begin, std::int64_t end, const F& f) {
  const std::int64_t n = c.in_type[0]->shape.size();
  const T* y = c.input<T>(0);
  const T* t = c.input<T>(1);
  T* out = c.output<T>(0);
  if (n == 1) {
    simd::map<T>(end - begin, out + begin, f, y + begin, t + begin);
    return;
  }
  const T share = T(1) / static_cast<T>(n);
  for (std::int64_t r = begin; r < end; ++r) out[r] = simd::reduce_sum<T>(n, f, y + r * n, t + r * n) * share;
}

/// Its gradient: f(prediction, target, seed / n) for every element of rows [begin, end); the seeds are input `seed`.
template <class T, class F>
void gradient_of_rows(const Call& c, std::int64_t begin, std::int64_t end, std::size_t seed, const F& f) {
  const std::int64_t n = c.in_type[0]->shape.size();
  const T* y = c.input<T>(0);
  const T* t = c.input<T>(1);
  const T* seeds = c.input<T>(seed);
  T* out = c.output<T>(0);
  if (n == 1) {
    simd::map<T>(end - begin, out + begin, f, y + begin, t + begin, seeds + begin);
    return;
  }
  for (std::int64_t r = begin; r < end; ++r) {
    const simd::Vec<T> s(seeds[r] / static_cast<T>(n));
    simd::map<T>(n, out + r * n, [s, f](const auto& a, const auto& b) { return f(a, b, s); }, y + r * n, t + r * n);
  }
}

/// Cut by rows, although the output is one number a row: `cost` operations an element of the prediction.
[[nodiscard]] inline Work loss_work(const CallTypes& t, double cost) {
  return {.units = t.rows, .grain = 1, .rows = true, .flops = cost * static_cast<double>(t.in[0]->elements(t.rows))};
}

}  // namespace trainyard::ops
