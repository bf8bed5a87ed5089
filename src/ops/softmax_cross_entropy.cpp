// Softmax and cross entropy in one, on logits: loss = -sum_c w_c t_c log softmax(z)_c, summed over the row's positions.
// Targets are class ids (i32) or dense shares (soft labels); with label smoothing e, t becomes (1 - e) t + e / classes
// (Szegedy et al. 2015, arXiv:1512.00567). Class weights w follow PyTorch: the trainer's divisor is the sum of the
// weights of the rows' classes.
// Inputs: logits [*, …, C], target [*, …] i32 or [*, …, C], weights [C] or none.
// Outputs: loss [*], softmax(logits) [*, …, C], kept for the gradient.
#include "ops/all.hpp"
#include "ops/loss.hpp"
#include "simd/loop.hpp"
#include "simd/math.hpp"

namespace trainyard::ops {
namespace {
namespace softmax_cross_entropy_op {

void infer(Inference& i) {
  const ValueType& z = i.in(0);
  const ValueType& target = i.in(1);
  Inference::require_float(z);
  Inference::require(z.shape.rank() >= 1, "[*, classes]", text(z.shape, true));
  const std::int64_t classes = z.shape.back();
  if (target.dtype == DType::f32) {
    Inference::require(target.shape == z.shape, text(z.shape, true), text(target.shape, true), {"target_shape", ""});
  } else {
    Inference::require(target.shape.size() == z.shape.size() / classes,
                       text(Shape(z.shape.dims().first(static_cast<std::size_t>(z.shape.rank() - 1))), true),
                       text(target.shape, true), {"target_shape", ""});
  }
  if (i.has(2)) Inference::require(i.in(2).shape == Shape{classes}, text(Shape{classes}), text(i.in(2).shape));
  i.out(one_a_row());
  i.out(z);
}

/// log(sum(exp(z))) in two parts, whose sum would lose the digits of the smaller one.
template <class T>
struct LogSum {
  T top;   ///< the largest z
  T rest;  ///< log(sum(exp(z - top)))
  [[nodiscard]] T minus(T z) const { return (top - z) + rest; }
};

/// One position: writes softmax(z) to p.
template <class T>
LogSum<T> log_sum_exp(const T* z, T* p, std::int64_t n) {
  const T largest = simd::reduce_max<T>(n, z);
  const simd::Vec<T> top(largest);
  simd::map<T>(n, p, [top](const auto& x) { return simd::exp(x - top); }, z);
  const T sum = simd::reduce_sum<T>(n, [](const auto& x) { return x; }, p);
  const simd::Vec<T> scale(T(1) / sum);
  simd::map<T>(n, p, [scale](const auto& x) { return x * scale; }, p);
  return {largest, simd::log(sum)};
}

template <class T>
struct Problem {
  explicit Problem(const Call& c)
      : classes(c.in_type[0]->shape.back()),
        positions(c.in_type[0]->shape.size() / classes),
        ids(c.in_type[1]->dtype == DType::i32 ? c.input<std::int32_t>(1) : nullptr),
        dense(ids == nullptr ? c.input<T>(1) : nullptr),
        weights(c.input<T>(2)),
        ignored(c.attributes_as<CrossEntropyAttributes>().ignore_index),
        smooth(
            static_cast<T>(c.attributes_as<CrossEntropyAttributes>().label_smoothing / static_cast<double>(classes))),
        sharp(static_cast<T>(1 - c.attributes_as<CrossEntropyAttributes>().label_smoothing)) {}

  /// w_c t_c with smoothing, at position `at`.
  [[nodiscard]] T target(std::int64_t at, std::int64_t c) const {
    const T share = dense != nullptr ? dense[at * classes + c] : (ids[at] == c ? T(1) : T(0));
    return (share * sharp + smooth) * (weights != nullptr ? weights[c] : T(1));
  }
  [[nodiscard]] bool skips(std::int64_t at) const { return ids != nullptr && ids[at] == ignored; }
  /// One class counts, with weight 1: most of the arithmetic falls away.
  [[nodiscard]] bool one_hot() const { return ids != nullptr && smooth == T(0); }
  [[nodiscard]] T weight(std::int64_t c) const { return weights != nullptr ? weights[c] : T(1); }

  std::int64_t classes, positions;
  const std::int32_t* ids;
  const T* dense;
  const T* weights;
  std::int64_t ignored;
  T smooth, sharp;
};

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const Problem<T> q(c);
  for (std::int64_t r = begin; r < end; ++r) {
    T loss = 0;
    for (std::int64_t at = r * q.positions; at < (r + 1) * q.positions; ++at) {
      const T* z = c.input<T>(0) + at * q.classes;
      const LogSum<T> lse = log_sum_exp(z, c.output<T>(1) + at * q.classes, q.classes);
      if (q.skips(at)) continue;
      if (q.one_hot()) {
        loss += lse.minus(z[q.ids[at]]) * q.weight(q.ids[at]);
      } else {
        for (std::int64_t k = 0; k < q.classes; ++k) loss += q.target(at, k) * lse.minus(z[k]);
      }
    }
    c.output<T>(0)[r] = loss;
  }
}

// dz = seed (softmax(z) sum_c w_c t_c - w t). Inputs: softmax, target, weights or none, seed.
template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const Problem<T> q(c);
  for (std::int64_t r = begin; r < end; ++r) {
    const T seed = c.input<T>(3)[r];
    for (std::int64_t at = r * q.positions; at < (r + 1) * q.positions; ++at) {
      const T* p = c.input<T>(0) + at * q.classes;
      T* dz = c.output<T>(0) + at * q.classes;
      const T scale = q.skips(at) ? T(0) : seed;
      if (q.one_hot() || scale == T(0)) {
        const simd::Vec<T> s(q.skips(at) ? T(0) : scale * q.weight(q.ids != nullptr ? q.ids[at] : 0));
        simd::map<T>(q.classes, dz, [s](const auto& x) { return x * s; }, p);
        if (q.ids != nullptr && !q.skips(at)) dz[q.ids[at]] -= simd::to_array<T>(s)[0];
        continue;
      }
      T total = 0;
      for (std::int64_t k = 0; k < q.classes; ++k) total += q.target(at, k);
      for (std::int64_t k = 0; k < q.classes; ++k) dz[k] = scale * (p[k] * total - q.target(at, k));
    }
  }
}

void infer_grad(Inference& i) { i.out(i.in(0)); }

void gradient(Gradient& g) {
  g.set(0, g.add(softmax_cross_entropy_grad, {g.out(1), g.in(1), g.in(2), g.d()}, g.attributes()));
}

void print_attributes(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<CrossEntropyAttributes>();
  if (a.label_smoothing != 0) sink.put("label smoothing", a.label_smoothing);
}

}  // namespace softmax_cross_entropy_op
}  // namespace

const Op softmax_cross_entropy{.name = "softmax_cross_entropy",
                               .infer = softmax_cross_entropy_op::infer,
                               .run = TRAINYARD_KERNELS(softmax_cross_entropy_op::run),
                               .work = [](const CallTypes& t) { return loss_work(t, 30); },
                               .gradient = softmax_cross_entropy_op::gradient,
                               .onnx = "SoftmaxCrossEntropyLoss",
                               .print_attributes = softmax_cross_entropy_op::print_attributes};
const Op softmax_cross_entropy_grad{.name = "softmax_cross_entropy_grad",
                                    .infer = softmax_cross_entropy_op::infer_grad,
                                    .run = TRAINYARD_KERNELS(softmax_cross_entropy_op::run_grad),
                                    .work = [](const CallTypes& t) { return loss_work(t, 4); },
                                    .in_place = 0,
                                    .print_attributes = softmax_cross_entropy_op::print_attributes};

}  // namespace trainyard::ops
