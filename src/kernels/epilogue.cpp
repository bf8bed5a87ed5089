#include "kernels/epilogue.hpp"

#include <algorithm>
#include <array>

#include "kernels/reduce.hpp"

namespace trainyard::kernels {

namespace {

/// c(i, j) = f(columnwise(j), c(i, j), more(i, j)…) for a matrix [rows, columns] with leading dimension ldc, which each
/// of `more` has too. A wide matrix is gone through row by row, as it lies in memory; in a narrow one what belongs to a
/// column (its bias) stays in a register, for so many rows as stay in cache.
template <class T, class P, class F, class... More>
void over_matrix(std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t ldc, T* c, const P& columnwise, const F& f,
                 const More*... more) noexcept {
  const auto part = [&](std::ptrdiff_t first, std::ptrdiff_t last) {
    over_columns<T>(0, columns, [&](std::ptrdiff_t j, auto load, auto store) {
      const auto column = columnwise(load, j);
      for (std::ptrdiff_t at = first * ldc + j; at < last * ldc; at += ldc) {
        store(c + at, f(column, load(c + at), load(more + at)...));
      }
    });
  };
  const std::ptrdiff_t together = columns >= 4 * simd::lanes<T> ? 1 : 32;
  for (std::ptrdiff_t i = 0; i < rows; i += together) part(i, std::min(i + together, rows));
}

/// The same where nothing depends on the column: a tight matrix is one long row.
template <class T, class F, class... More>
void over_elements(std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t ldc, T* c, const F& f,
                   const More*... more) noexcept {
  const bool tight = columns == ldc;
  over_matrix<T>(
      tight ? 1 : rows, tight ? rows * columns : columns, tight ? rows * columns : ldc, c,
      [](auto, std::ptrdiff_t) { return 0; }, [f](int, const auto&... v) { return f(v...); }, more...);
}

/// Whether the columns are so few that the same biases stand in every vector of the matrix seen as one long row.
template <class T>
constexpr bool repeats(std::ptrdiff_t columns, std::ptrdiff_t ldc) {
  return columns == ldc && columns < simd::lanes<T> && simd::lanes<T> % columns == 0;
}

}  // namespace

template <class T>
void apply(const Epilogue<T>& e, T* c, std::ptrdiff_t ldc, std::ptrdiff_t rows, std::ptrdiff_t columns) noexcept {
  using V = simd::Vec<T>;
  const T slope = e.slope;
  if (e.bias != nullptr && repeats<T>(columns, ldc)) {
    alignas(V) std::array<T, V::size> biases;
    const auto last = static_cast<std::size_t>(columns) - 1;  // a divisor of the lanes is a power of two
    for (std::size_t i = 0; i < V::size; ++i) biases[i] = e.bias[i & last];
    const V bias = simd::from_array<T>(biases);
    with_activation(e.pre != nullptr ? Activation::none : e.activation, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      over_elements<T>(rows, columns, ldc, c, [slope, bias](const V& x) { return activate<A, T>(x + bias, slope); });
    });
  } else if (e.bias != nullptr) {
    const auto bias = [&](auto load, std::ptrdiff_t j) { return load(e.bias + j); };
    with_activation(e.pre != nullptr ? Activation::none : e.activation, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      over_matrix<T>(rows, columns, ldc, c, bias,
                     [slope](const V& b, const V& x) { return activate<A, T>(x + b, slope); });
    });
  }
  if (e.pre != nullptr) {
    for (std::ptrdiff_t i = 0; i < rows; ++i) std::copy_n(c + i * ldc, columns, e.pre + i * ldc);
  }
  if (e.activation != Activation::none && (e.bias == nullptr || e.pre != nullptr)) {
    with_activation(e.activation, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      over_elements<T>(rows, columns, ldc, c, [slope](const V& x) { return activate<A, T>(x, slope); });
    });
  }
  if (e.derivative_of != Activation::none) {
    with_activation(e.derivative_of, [&](auto tag) {
      constexpr Activation A = decltype(tag)::value;
      if constexpr (derivative_needs_input(A)) {
        over_elements<T>(
            rows, columns, ldc, c,
            [slope](const V& d, const V& x, const V& y) { return d * derivative<A, T>(x, y, slope); }, e.x, e.y);
      } else {
        over_elements<T>(
            rows, columns, ldc, c, [slope](const V& d, const V& y) { return d * derivative<A, T>(y, y, slope); }, e.y);
      }
    });
  }
}

template void apply<float>(const Epilogue<float>&, float*, std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t) noexcept;
#ifndef __EMSCRIPTEN__
template void apply<double>(const Epilogue<double>&, double*, std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t) noexcept;
#endif

}  // namespace trainyard::kernels
