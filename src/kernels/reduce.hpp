// Sums along the axes of a matrix.
#pragma once
#include <algorithm>
#include <cstdint>

#include "simd/loop.hpp"

namespace trainyard::kernels {

namespace detail {

/// Sums of rows [0, rows) of V neighbouring vectors of columns. Four rows are in flight; their sums meet at the end.
template <class T, int V>
inline void sum_columns(std::ptrdiff_t rows, const T* x, std::ptrdiff_t ldx, simd::Vec<T> (&total)[V]) noexcept {
  using Vec = simd::Vec<T>;
  constexpr int L = simd::lanes<T>;
  Vec s[4][V];
  for (auto& lane : s) {
    for (Vec& v : lane) v = Vec(T(0));
  }
  std::ptrdiff_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    for (int u = 0; u < 4; ++u) {
      for (int v = 0; v < V; ++v) s[u][v] += simd::load<T>(x + (r + u) * ldx + v * L);
    }
  }
  for (; r < rows; ++r) {
    for (int v = 0; v < V; ++v) s[0][v] += simd::load<T>(x + r * ldx + v * L);
  }
  for (int v = 0; v < V; ++v) total[v] = (s[0][v] + s[1][v]) + (s[2][v] + s[3][v]);
}

}  // namespace detail

/// out[j] (+)= sum over i of x[i, j] for columns j in [begin, end); x is [rows, *] with leading dimension ldx, `x` and
/// `out` point at column 0. A column's order of additions follows from `rows` alone (blocks of 256 rows, in each four
/// interleaved sums), so any cut into columns gives the same bits.
template <class T>
inline void column_sum(std::int64_t rows, std::int64_t begin, std::int64_t end, const T* x, std::int64_t ldx, T* out,
                       bool accumulate = false) noexcept {
  using V = simd::Vec<T>;
  constexpr int L = simd::lanes<T>;
  constexpr std::ptrdiff_t block = 256;
  const auto count = static_cast<std::ptrdiff_t>(rows);
  const auto ld = static_cast<std::ptrdiff_t>(ldx);
  auto j = static_cast<std::ptrdiff_t>(begin);
  const auto last = static_cast<std::ptrdiff_t>(end);
  for (; j + L <= last; j += L) {
    V total = accumulate ? simd::load<T>(out + j) : V(T(0));
    for (std::ptrdiff_t r = 0; r < count; r += block) {
      V s[1];
      detail::sum_columns<T, 1>(std::min(block, count - r), x + r * ld + j, ld, s);
      total += s[0];
    }
    simd::store<T>(out + j, total);
  }
  for (; j < last; ++j) {
    T total = accumulate ? out[j] : T(0);
    for (std::ptrdiff_t r0 = 0; r0 < count; r0 += block) {
      const std::ptrdiff_t n = std::min(block, count - r0);
      const T* p = x + r0 * ld + j;
      T s[4] = {};
      std::ptrdiff_t r = 0;
      for (; r + 4 <= n; r += 4) {
        for (int u = 0; u < 4; ++u) s[u] += p[(r + u) * ld];
      }
      for (; r < n; ++r) s[0] += p[r * ld];
      total += (s[0] + s[1]) + (s[2] + s[3]);
    }
    out[j] = total;
  }
}

/// out[i] = sum over j of x[i, j] for rows [begin, end); x is [*, columns] with leading dimension ldx.
template <class T>
inline void row_sum(std::int64_t begin, std::int64_t end, std::int64_t columns, const T* x, std::int64_t ldx,
                    T* out) noexcept {
  for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
    out[i] =
        simd::reduce_sum<T>(columns, [](const simd::Vec<T>& v) { return v; }, x + i * static_cast<std::ptrdiff_t>(ldx));
  }
}

/// out[j] = sum over p in [0, parts), in this order, of partial[p, j]: joins the partial sums of a split reduction.
template <class T>
inline void sum_partials(std::int64_t parts, std::int64_t n, const T* partial, T* out,
                         bool accumulate = false) noexcept {
  using V = simd::Vec<T>;
  for (std::ptrdiff_t p = 0; p < static_cast<std::ptrdiff_t>(parts); ++p) {
    const T* part = partial + p * static_cast<std::ptrdiff_t>(n);
    if (p == 0 && !accumulate) {
      simd::map<T>(n, out, [](const V& x) { return x; }, part);
    } else {
      simd::map<T>(n, out, [](const V& sum, const V& x) { return sum + x; }, out, part);
    }
  }
}

}  // namespace trainyard::kernels
