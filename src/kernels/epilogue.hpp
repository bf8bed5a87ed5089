// What happens to rows of a product after the last addition: bias, activation, derivative.
#pragma once
#include "kernels/activation.hpp"
#include "simd/loop.hpp"

namespace trainyard::kernels {

/// In this order: add bias, keep the sum in `pre`, activate, multiply by derivative<derivative_of>(at). All may be left
/// out. `bias` is [columns]; `pre` and `at` are shaped like the result.
template <class T>
struct Epilogue {
  const T* bias = nullptr;
  T* pre = nullptr;
  Activation activation = Activation::none;
  T slope = T(0);  ///< of leaky_relu, for both activations
  const T* at = nullptr;
  Activation derivative_of = Activation::none;

  [[nodiscard]] bool empty() const {
    return bias == nullptr && pre == nullptr && activation == Activation::none &&
           (at == nullptr || derivative_of == Activation::none);
  }
  /// The same for the element `offset` further on, in a column `columns` further right.
  [[nodiscard]] Epilogue moved(std::ptrdiff_t offset, std::ptrdiff_t columns = 0) const {
    Epilogue e = *this;
    if (bias != nullptr) e.bias = bias + columns;
    if (pre != nullptr) e.pre = pre + offset;
    if (at != nullptr) e.at = at + offset;
    return e;
  }
};

/// c[rows, columns] with leading dimension ldc, in place.
template <class T>
inline void apply(const Epilogue<T>& e, T* c, std::ptrdiff_t ldc, std::ptrdiff_t rows,
                  std::ptrdiff_t columns) noexcept {
  using V = simd::Vec<T>;
  if (e.bias != nullptr || e.pre != nullptr || e.activation != Activation::none) {
    with_activation(e.activation, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      const T slope = e.slope;
      for (std::ptrdiff_t i = 0; i < rows; ++i) {
        T* row = c + i * ldc;
        if (e.pre != nullptr) {
          T* pre = e.pre + i * ldc;
          if (e.bias != nullptr) {
            simd::map<T>(columns, pre, [](V x, V b) { return x + b; }, row, e.bias);
          } else {
            simd::map<T>(columns, pre, [](V x) { return x; }, row);
          }
          simd::map<T>(columns, row, [slope](V x) { return activate<A, T>(x, slope); }, pre);
        } else if (e.bias != nullptr) {
          simd::map<T>(columns, row, [slope](V x, V b) { return activate<A, T>(x + b, slope); }, row, e.bias);
        } else {
          simd::map<T>(columns, row, [slope](V x) { return activate<A, T>(x, slope); }, row);
        }
      }
    });
  }
  if (e.at != nullptr && e.derivative_of != Activation::none) {
    with_activation(e.derivative_of, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      const T slope = e.slope;
      for (std::ptrdiff_t i = 0; i < rows; ++i) {
        T* row = c + i * ldc;
        simd::map<T>(columns, row, [slope](V x, V v) { return x * derivative<A, T>(v, slope); }, row, e.at + i * ldc);
      }
    });
  }
}

}  // namespace trainyard::kernels
