// What happens to rows of a product after the last addition: bias (where the sum has not started from it), activation,
// derivative.
#pragma once
#include <cstddef>

#include "kernels/activation.hpp"

namespace trainyard::kernels {

/// In this order: add bias, keep the sum in `pre`, activate, multiply by derivative<derivative_of>(x, y). All may be
/// left out. `bias` is [columns]; `pre`, `x` and `y` are shaped like the result.
template <class T>
struct Epilogue {
  const T* bias = nullptr;
  T* pre = nullptr;
  Activation activation = Activation::none;
  T slope = T(0);  ///< of leaky_relu, for both activations
  Activation derivative_of = Activation::none;
  const T* x = nullptr;  ///< only where derivative_needs_input(derivative_of)
  const T* y = nullptr;

  [[nodiscard]] bool empty() const {
    return bias == nullptr && pre == nullptr && activation == Activation::none && derivative_of == Activation::none;
  }
  /// The same for the element `offset` further on, in a column `columns` further right.
  [[nodiscard]] Epilogue moved(std::ptrdiff_t offset, std::ptrdiff_t columns = 0) const {
    Epilogue e = *this;
    if (bias != nullptr) e.bias = bias + columns;
    if (pre != nullptr) e.pre = pre + offset;
    if (x != nullptr) e.x = x + offset;
    if (y != nullptr) e.y = y + offset;
    return e;
  }
};

/// c[rows, columns] with leading dimension ldc, in place. (Compiled once, in epilogue.cpp: it holds every activation.)
template <class T>
void apply(const Epilogue<T>& epilogue, T* c, std::ptrdiff_t ldc, std::ptrdiff_t rows, std::ptrdiff_t columns) noexcept;

}  // namespace trainyard::kernels
