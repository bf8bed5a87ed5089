// Walks over the answers of a batch.
#pragma once
#include <cstdint>
#include <span>
#include <type_traits>

#include "metrics/metric.hpp"

namespace trainyard::metrics {

/// Numbers of either precision, read as double.
class Numbers {
 public:
  Numbers(const void* data, Precision precision, std::int64_t offset)
      : data_(data), wide_(precision == Precision::f64), offset_(offset) {}

  double operator[](std::int64_t i) const {
    return wide_ ? static_cast<const double*>(data_)[offset_ + i]
                 : static_cast<double>(static_cast<const float*>(data_)[offset_ + i]);
  }
  [[nodiscard]] bool present() const { return data_ != nullptr; }

 private:
  const void* data_;
  bool wide_;
  std::int64_t offset_;
};

struct Answer {
  Numbers output;       ///< width numbers
  Numbers dense;        ///< width numbers, where targets are dense
  std::int64_t id = 0;  ///< where targets are class ids
  double weight = 1;
};

/// f(answer) for every answer that counts.
template <class F>
void each_answer(const MetricBatch& batch, const MetricShape& shape, F f) {
  const Numbers weights(batch.weights, batch.precision, 0);
  for (std::int64_t row = 0; row < batch.rows; ++row) {
    const double weight = weights.present() ? weights[row] : 1;
    for (std::int64_t i = row * shape.positions; i < (row + 1) * shape.positions; ++i) {
      const std::int64_t id = shape.ids ? batch.ids[i] : 0;
      if (shape.ids && id == shape.ignored) continue;
      f(Answer{{batch.outputs, batch.precision, i * shape.width},
               {batch.dense, batch.precision, i * shape.width},
               id,
               weight});
    }
  }
}

/// How numbers become classes: the place of the largest (the first of equals), or of one number whether it is above
/// the threshold.
struct Classes {
  MetricShape shape;
  double threshold = 0;  ///< of one output: 0 for a logit, 0.5 for a probability

  [[nodiscard]] std::int64_t count() const { return shape.width == 1 ? 2 : shape.width; }
  [[nodiscard]] std::int64_t predicted(const Answer& a) const { return largest(a.output, threshold); }
  /// A dense target speaks for its largest number; one alone is 0 or 1, or -1 or 1.
  [[nodiscard]] std::int64_t wanted(const Answer& a) const { return shape.ids ? a.id : largest(a.dense, 0.5); }

 private:
  [[nodiscard]] std::int64_t largest(const Numbers& numbers, double limit) const {
    if (shape.width == 1) return numbers[0] > limit ? 1 : 0;
    std::int64_t best = 0;
    double most = numbers[0];
    for (std::int64_t i = 1; i < shape.width; ++i) {
      if (const double x = numbers[i]; x > most) {
        most = x;
        best = i;
      }
    }
    return best;
  }
};

/// A mean of what is added; null if nothing was.
struct WeightedMean {
  double sum = 0;
  double weight = 0;

  void add(double value, double w) {
    sum += w * value;
    weight += w;
  }
  [[nodiscard]] Json result() const { return weight > 0 ? Json(sum / weight) : Json(nullptr); }
};

/// What structs of doubles hold.
template <class S>
std::span<double> doubles_of(std::span<S> structs) {
  static_assert(std::is_standard_layout_v<S> && alignof(S) == alignof(double) && sizeof(S) % sizeof(double) == 0);
  return {reinterpret_cast<double*>(structs.data()), structs.size_bytes() / sizeof(double)};
}
inline std::span<double> doubles_of(WeightedMean& mean) { return doubles_of(std::span(&mean, 1)); }

}  // namespace trainyard::metrics
