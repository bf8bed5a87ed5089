// Copies blocks of A and B into panels that the register tile reads from end to end.
#pragma once
#include <algorithm>

#include "kernels/gemm/micro.hpp"
#include "kernels/reduce.hpp"

namespace trainyard::kernels::micro {

template <class T>
inline constexpr int lanes = simd::lanes<T>;

/// Width in memory of a panel of `columns` columns: whole vectors, the rest is padded with zeros.
template <class T>
constexpr Index padded_width(Index columns) {
  return (columns + lanes<T> - 1) / lanes<T> * lanes<T>;
}

/// `panels` full panels of two vectors of B side by side, one after the other: rows of B far apart share few sets of
/// the first-level cache, and a cache line that holds parts of two panels would be fetched twice.
template <int panels, class T>
inline void pack_panels(const T* b, Index ldb, int kc, T* out) noexcept {
  constexpr int L = lanes<T>;
  const Index apart = Index{2 * L} * kc;
  for (int k = 0; k < kc; ++k, b += ldb, out += 2 * L) {
    TRAINYARD_UNROLL
    for (int v = 0; v < 2 * panels; ++v) simd::store<T>(out + v / 2 * apart + v % 2 * L, simd::load<T>(b + v * L));
  }
}

/// One panel: out[k, width] = B[k, j .. j+columns), B [k, n] row-major with leading dimension ldb.
template <class T>
inline void pack_panel(const T* b, Index ldb, int kc, int columns, T* out) noexcept {
  constexpr int L = lanes<T>;
  if (columns == 2 * L) return pack_panels<1>(b, ldb, kc, out);
  const Index width = padded_width<T>(columns);
  const int rest = columns % L;
  for (int k = 0; k < kc; ++k, b += ldb, out += width) {
    int v = 0;
    for (; v + L <= columns; v += L) simd::store<T>(out + v, simd::load<T>(b + v));
    if (rest != 0) simd::store<T>(out + v, simd::load_first<T>(b + v, rest));
  }
}

/// The same from B^T: `bt` is [n, k] row-major with leading dimension ldb, at the panel's first row.
template <class T>
inline void pack_panel_transposed(const T* bt, Index ldb, int kc, int columns, T* out) noexcept {
  constexpr int L = lanes<T>;
  const Index width = padded_width<T>(columns);
  for (Index v = 0; v < width; v += L) {
    const Index present = std::min<Index>(L, columns - v);
    const T* source = bt + v * ldb;
    int k = 0;
    if (present == L) {
      for (; k + L <= kc; k += L) {
        simd::Vec<T> rows[L];
        for (int x = 0; x < L; ++x) rows[x] = simd::load<T>(source + x * ldb + k);
        simd::transpose<T>(rows);
        for (int x = 0; x < L; ++x) simd::store<T>(out + (k + x) * width + v, rows[x]);
      }
    }
    for (; k < kc; ++k) {
      for (Index x = 0; x < L; ++x) out[k * width + v + x] = x < present ? source[x * ldb + k] : T(0);
    }
  }
}

/// A block [kc, mc] of A^T with leading dimension lda into panels of `height` rows, column by column (the last panel
/// is narrower). It is read row by row, once.
template <Index height, class T>
inline void pack_rows(const T* a, Index lda, Index mc, int kc, T* out) noexcept {
  const Index whole = mc / height * height;
  const Index h = mc - whole;
  for (int k = 0; k < kc; ++k, a += lda) {
    for (Index i = 0; i < whole; i += height) {
      __builtin_memcpy(out + i * kc + k * height, a + i, height * sizeof(T));
    }
    for (Index x = 0; x < h; ++x) out[whole * kc + k * h + x] = a[whole + x];
  }
}

/// A tile whose last vector of columns is not all there: `edge` [rows, padded], on top of the rows at start(i) (null:
/// zero), goes to the rows at out(i).
template <class T, class From, class Out>
inline void store_edge(const T* edge, Index rows, Index padded, Index columns, const From& start,
                       const Out& out) noexcept {
  over_columns<T>(0, columns, [&](Index j, auto load, auto store) {
    for (Index i = 0; i < rows; ++i) {
      const simd::Vec<T> value = simd::load<T>(edge + i * padded + j);
      const T* from = start(i);
      store(out(i) + j, from == nullptr ? value : load(from + j) + value);
    }
  });
}

}  // namespace trainyard::kernels::micro
