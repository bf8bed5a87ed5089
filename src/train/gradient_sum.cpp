#include "train/gradient_sum.hpp"

#include "simd/loop.hpp"

namespace trainyard {

template <class T>
void GradientSum::add_as(T divisor) {
  using V = simd::Vec<T>;
  const T* gradient = reinterpret_cast<const T*>(model_->memory().gradients);
  T* sum = sum_.as<T>();
  if (empty_) {
    simd::map<T>(numbers_, sum, [=](const auto& g) { return g * V(divisor); }, gradient);
  } else {
    simd::map<T>(numbers_, sum, [=](const auto& s, const auto& g) { return s + g * V(divisor); }, sum, gradient);
  }
}

template <class T>
void GradientSum::finish_as(T scale) {
  using V = simd::Vec<T>;
  T* gradient = reinterpret_cast<T*>(model_->memory().gradients);
  simd::map<T>(numbers_, gradient, [=](const auto& s) { return s * V(scale); }, sum_.as<T>());
}

void GradientSum::add(double divisor) {
#if !defined(__EMSCRIPTEN__)
  if (model_->precision() == Precision::f64) add_as<double>(divisor);
#endif
  if (model_->precision() == Precision::f32) add_as<float>(static_cast<float>(divisor));
  empty_ = false;
  divisor_ += divisor;
}

double GradientSum::finish() {
  // Where nothing counts, the sum is zero as well.
  const double scale = divisor_ > 0 ? 1 / divisor_ : 0;
#if !defined(__EMSCRIPTEN__)
  if (model_->precision() == Precision::f64) finish_as<double>(scale);
#endif
  if (model_->precision() == Precision::f32) finish_as<float>(static_cast<float>(scale));
  return divisor_;
}

}  // namespace trainyard
