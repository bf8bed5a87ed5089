#include "train/gradient_sum.hpp"

#include "simd/loop.hpp"

namespace trainyard {

void GradientSum::start() { totals() = {.loss = 0, .divisor = 0, .empty = true}; }

void GradientSum::add(double loss, double divisor, double over) {
  add(model_->memory().gradients, over > 0 ? over : divisor,
      {.loss = divisor * loss, .divisor = divisor, .empty = false});
}

void GradientSum::add(std::span<const std::byte> block) {
  const Totals& other = *reinterpret_cast<const Totals*>(block.data() + end());
  if (!other.empty) add(block.data(), 1, other);
}

void GradientSum::add(const std::byte* numbers, double times, const Totals& more) {
#if !defined(__EMSCRIPTEN__)
  if (model_->precision() == Precision::f64) add_as<double>(numbers, times);
#endif
  if (model_->precision() == Precision::f32) add_as<float>(numbers, static_cast<float>(times));
  Totals& all = totals();
  all.loss += more.loss;
  all.divisor += more.divisor;
  all.empty = false;
}

template <class T>
void GradientSum::add_as(const std::byte* numbers, T times) {
  using V = simd::Vec<T>;
  const T* more = reinterpret_cast<const T*>(numbers);
  T* sum = sum_.as<T>();
  if (totals().empty) {
    simd::map<T>(numbers_, sum, [=](const auto& g) { return g * V(times); }, more);
  } else {
    simd::map<T>(numbers_, sum, [=](const auto& s, const auto& g) { return s + g * V(times); }, sum, more);
  }
}

template <class T>
void GradientSum::finish_as(T scale) {
  using V = simd::Vec<T>;
  T* gradient = reinterpret_cast<T*>(model_->memory().gradients);
  simd::map<T>(numbers_, gradient, [=](const auto& s) { return s * V(scale); }, sum_.as<T>());
}

double GradientSum::finish() {
  const auto [loss, divisor, empty] = totals();
  // Where nothing counts, the sum is zero as well.
  const double scale = divisor > 0 ? 1 / divisor : 0;
#if !defined(__EMSCRIPTEN__)
  if (model_->precision() == Precision::f64) finish_as<double>(scale);
#endif
  if (model_->precision() == Precision::f32) finish_as<float>(static_cast<float>(scale));
  return divisor > 0 ? loss / divisor : 0;
}

}  // namespace trainyard
