// What happens to rows of a product after the last addition: bias, activation, derivative.
#pragma once
#include <algorithm>

#include "kernels/activation.hpp"
#include "kernels/reduce.hpp"

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

namespace detail {

/// c(i, j) = f(c(i, j), more(i, j)…) for a matrix [rows, columns] with leading dimension ldc, which each of `more` has
/// too. `columnwise(j)` gives what f needs for a column, such as its bias; f(that, c, more…).
template <class T, class P, class F, class... More>
inline void over_matrix(std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t ldc, T* c, P columnwise, F f,
                        const More*... more) noexcept {
  constexpr std::ptrdiff_t L = simd::lanes<T>;
  if (columns <= 8 * L) {  // narrow: down the columns, so that what belongs to a column stays in registers
    over_columns<T>(0, columns, [&](std::ptrdiff_t j, auto load, auto store) {
      const auto column = columnwise(load, j);
      for (std::ptrdiff_t at = j; at < rows * ldc; at += ldc)
        store(c + at, f(column, load(c + at), load(more + at)...));
    });
    return;
  }
  for (std::ptrdiff_t at = 0; at < rows * ldc; at += ldc) {
    over_columns<T>(0, columns, [&](std::ptrdiff_t j, auto load, auto store) {
      store(c + at + j, f(columnwise(load, j), load(c + at + j), load(more + at + j)...));
    });
  }
}

/// The same where nothing depends on the column: a tight matrix is one long row.
template <class T, class F, class... More>
inline void over_elements(std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t ldc, T* c, F f,
                          const More*... more) noexcept {
  if (columns == ldc) {
    simd::map<T>(rows * columns, c, f, c, more...);
  } else {
    over_matrix<T>(
        rows, columns, ldc, c, [](auto, std::ptrdiff_t) { return 0; }, [f](int, const auto&... v) { return f(v...); },
        more...);
  }
}

template <class T>
inline void copy_rows(std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t ld, const T* from, T* to) noexcept {
  for (std::ptrdiff_t i = 0; i < rows; ++i) std::copy_n(from + i * ld, columns, to + i * ld);
}

}  // namespace detail

/// c[rows, columns] with leading dimension ldc, in place.
template <class T>
inline void apply(const Epilogue<T>& e, T* c, std::ptrdiff_t ldc, std::ptrdiff_t rows,
                  std::ptrdiff_t columns) noexcept {
  using V = simd::Vec<T>;
  const T slope = e.slope;
  const auto activate_all = [&] {
    if (e.activation == Activation::none) return;
    with_activation(e.activation, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      detail::over_elements<T>(rows, columns, ldc, c, [slope](const V& x) { return activate<A, T>(x, slope); });
    });
  };
  const auto bias_of = [&](auto load, std::ptrdiff_t j) { return load(e.bias + j); };
  if (e.pre != nullptr) {
    if (e.bias != nullptr) {
      detail::over_matrix<T>(rows, columns, ldc, c, bias_of, [](const V& b, const V& x) { return x + b; });
    }
    detail::copy_rows<T>(rows, columns, ldc, c, e.pre);
    activate_all();
  } else if (e.bias != nullptr) {
    with_activation(e.activation, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      detail::over_matrix<T>(rows, columns, ldc, c, bias_of,
                             [slope](const V& b, const V& x) { return activate<A, T>(x + b, slope); });
    });
  } else {
    activate_all();
  }
  if (e.at != nullptr && e.derivative_of != Activation::none) {
    with_activation(e.derivative_of, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      detail::over_elements<T>(
          rows, columns, ldc, c, [slope](const V& x, const V& v) { return x * derivative<A, T>(v, slope); }, e.at);
    });
  }
}

}  // namespace trainyard::kernels
