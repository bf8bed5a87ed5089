// Activations as kernels of their own (where no product carries them), and the change between channels first and
// channels last. Ranges are [begin, end) of elements, or rows where it says so.
#pragma once
#include <algorithm>
#include <cstdint>

#include "kernels/activation.hpp"
#include "simd/loop.hpp"

namespace trainyard::kernels {

/// y = activation(x). y may be x.
template <class T>
inline void activation_forward(Activation a, T slope, std::int64_t begin, std::int64_t end, const T* x, T* y) noexcept {
  using V = simd::Vec<T>;
  const auto at = static_cast<std::ptrdiff_t>(begin);
  with_activation(a, [&](auto tag) {
    simd::map<T>(
        end - begin, y + at, [slope](const V& v) { return activate<decltype(tag)::value, T>(v, slope); }, x + at);
  });
}

/// dx = dy activation'(x), from the activation's output y and, if derivative_needs_input(a), its input x (else x may be
/// null). dx may be dy.
template <class T>
inline void activation_gradient(Activation a, T slope, std::int64_t begin, std::int64_t end, const T* x, const T* y,
                                const T* dy, T* dx) noexcept {
  using V = simd::Vec<T>;
  const auto at = static_cast<std::ptrdiff_t>(begin);
  with_activation(a, [&](auto tag) {
    constexpr Activation A = decltype(tag)::value;
    if constexpr (derivative_needs_input(A)) {
      simd::map<T>(
          end - begin, dx + at,
          [slope](const V& d, const V& in, const V& out) { return d * derivative<A, T>(in, out, slope); }, dy + at,
          x + at, y + at);
    } else {
      simd::map<T>(
          end - begin, dx + at, [slope](const V& d, const V& out) { return d * derivative<A, T>(out, out, slope); },
          dy + at, y + at);
    }
  });
}

/// y[row, j, i] = x[row, i, j] for rows [row_begin, row_end); x is [*, m, n], y [*, n, m]. Channels first to channels
/// last is m = channels, n = height * width; back is the other way round.
template <class T>
inline void transpose(std::int64_t row_begin, std::int64_t row_end, std::int64_t m, std::int64_t n, const T* x,
                      T* y) noexcept {
  if (m == 1 || n == 1) {
    std::copy_n(x + row_begin * m * n, (row_end - row_begin) * m * n, y + row_begin * m * n);
    return;
  }
  constexpr std::ptrdiff_t L = simd::lanes<T>;
  const auto rows = static_cast<std::ptrdiff_t>(m);
  const auto columns = static_cast<std::ptrdiff_t>(n);
  for (auto r = static_cast<std::ptrdiff_t>(row_begin); r < static_cast<std::ptrdiff_t>(row_end); ++r) {
    const T* from = x + r * rows * columns;
    T* to = y + r * rows * columns;
    std::ptrdiff_t i = 0;
    for (; i + L <= rows; i += L) {
      std::ptrdiff_t j = 0;
      for (; j + L <= columns; j += L) {
        simd::Vec<T> block[L];
        for (std::ptrdiff_t k = 0; k < L; ++k) block[k] = simd::load<T>(from + (i + k) * columns + j);
        simd::transpose<T>(block);
        for (std::ptrdiff_t k = 0; k < L; ++k) simd::store<T>(to + (j + k) * rows + i, block[k]);
      }
      for (; j < columns; ++j) {
        for (std::ptrdiff_t k = 0; k < L; ++k) to[j * rows + i + k] = from[(i + k) * columns + j];
      }
    }
    for (; i < rows; ++i) {
      for (std::ptrdiff_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
    }
  }
}

}  // namespace trainyard::kernels
