// Products of one row, as an answer to one question or a token of a text is: B is read once, as it lies, and nothing of
// it is copied; a register tile of one row would wait for its own sums. The order of additions is gemm's, but against a
// transposed B, where every lane has a sum of its own (Gemm::by_lanes): to turn B in registers would take twice as
// long.
#pragma once
#include <algorithm>
#include <array>

#include "kernels/gemm/gemm.hpp"
#include "kernels/gemm/pack.hpp"

namespace trainyard::kernels::micro {

/// Columns that are worked on at a time.
inline constexpr Index row_columns = 512;

/// sum[j] += a[0] b[0, j] + … + a[K - 1] b[K - 1, j], one after the other: K rows of B, read side by side.
template <class T, int K>
void add_rows(Index columns, const T* a, const T* b, Index ldb, T* sum) noexcept {
  simd::Vec<T> factor[K];
  TRAINYARD_UNROLL
  for (int k = 0; k < K; ++k) factor[k] = simd::Vec<T>(a[k]);
  over_columns<T>(0, columns, [&](Index j, auto load, auto store) {
    simd::Vec<T> total = load(sum + j);
    TRAINYARD_UNROLL
    for (int k = 0; k < K; ++k) total = simd::madd<T>(factor[k], load(b + k * ldb + j), total);
    store(sum + j, total);
  });
}

/// Columns that are added up side by side against a transposed B, each in two vectors.
inline constexpr Index dots = 4;

/// sum[j] = a[0] bt[j, 0] + … + a[kc - 1] bt[j, kc - 1] for `dots` columns j, of which the first `present` are there.
template <class T>
void sum_transposed(Index kc, const T* a, const T* bt, Index ldb, Index present, T* sum) noexcept {
  using V = simd::Vec<T>;
  constexpr Index L = lanes<T>;
  const T* row[dots];
  // A column that is not there is the last one once more; nobody keeps it.
  TRAINYARD_UNROLL
  for (Index x = 0; x < dots; ++x) row[x] = bt + std::min(x, present - 1) * ldb;
  V even[dots], odd[dots];
  TRAINYARD_UNROLL
  for (Index x = 0; x < dots; ++x) even[x] = odd[x] = V(T(0));
  const auto add = [&](V* total, Index k, auto load) {
    const V factor = load(a + k);
    TRAINYARD_UNROLL
    for (Index x = 0; x < dots; ++x) total[x] = simd::madd<T>(factor, load(row[x] + k), total[x]);
  };
  const auto whole = [](const T* p) { return simd::load<T>(p); };
  Index k = 0;
  TRAINYARD_NO_UNROLL
  for (; k + 2 * L <= kc; k += 2 * L) {
    add(even, k, whole);
    add(odd, k + L, whole);
  }
  over_columns<T>(k, kc, [&](Index at, auto load, auto) { add(even, at, load); });
  TRAINYARD_UNROLL
  for (Index x = 0; x < dots; ++x) sum[x] = simd::sum<T>(even[x] + odd[x]);
}

/// At most row_columns columns of the row, from `start` (null: zero).
template <class T, bool transposed>
void row_product(Index columns, Index k, const T* a, const T* b, Index ldb, T* c, const T* start) noexcept {
  alignas(64) T sum[row_columns];
  Index depth = 0;
  do {  // at least once: with k = 0 the product is zero
    const Index kc = std::min<Index>(gemm_k_block, k - depth);
    if constexpr (transposed) {
      for (Index j = 0; j < columns; j += dots) {
        sum_transposed(kc, a + depth, b + j * ldb + depth, ldb, columns - j, sum + j);
      }
    } else {
      std::fill_n(sum, columns, T(0));
      Index x = depth;
      for (; x + 8 <= depth + kc; x += 8) add_rows<T, 8>(columns, a + x, b + x * ldb, ldb, sum);
      for (; x < depth + kc; ++x) add_rows<T, 1>(columns, a + x, b + x * ldb, ldb, sum);
    }
    over_columns<T>(0, columns, [&](Index j, auto load, auto store) {
      store(c + j, start == nullptr ? load(sum + j) : load(start + j) + load(sum + j));
    });
    start = c;
    depth += kc;
  } while (depth < k);
}

/// One row of C; A, B, C and the epilogue at its corner.
template <class T>
void row_gemm(Index n, Index k, const T* a, const T* b, Index ldb, bool transposed_b, T* c, const T* start,
              const Epilogue<T>& epilogue) noexcept {
  // Called through a pointer, as tiles are, so that the browser can replace it.
  const auto product = transposed_b ? &row_product<T, true> : &row_product<T, false>;
  for (Index j = 0; j < n; j += row_columns) {
    const Index columns = std::min(row_columns, n - j);
    product(columns, k, a, b + (transposed_b ? j * ldb : j), ldb, c + j, start == nullptr ? nullptr : start + j);
    if (!epilogue.empty()) apply(epilogue.moved(j, j), c + j, columns, 1, columns);
  }
}

}  // namespace trainyard::kernels::micro
