// Products that are over before a block is set up: those of small networks. The order of additions is gemm's.
#pragma once
#include "kernels/gemm/gemm.hpp"
#include "kernels/gemm/pack.hpp"

namespace trainyard::kernels::micro {

/// Most rows and depth of a small product; its columns are one panel of at most two vectors.
inline constexpr Index small_rows = 64;
inline constexpr int small_depth = 32;
template <class T>
inline constexpr int small_columns = 2 * lanes<T>;

/// R rows of C [R, columns] (+)= A B over k, the last vector of each being `rest` numbers (0: a whole one). A's element
/// (i, k) is a[i * row + k * column]; B's rows are read in NV whole vectors.
template <class T, int R, int NV>
void small_tile(Index k, const T* a, Index row, Index column, const T* b, Index ldb, T* c, Index ldc, int rest,
                bool add) noexcept {
  using V = simd::Vec<T>;
  constexpr int L = simd::lanes<T>;
  V acc[R][NV];
  TRAINYARD_UNROLL
  for (int i = 0; i < R; ++i) {
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) acc[i][j] = V(T(0));
  }
  TRAINYARD_NO_UNROLL
  for (; k > 0; --k, a += column, b += ldb) {
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) {
      const V bv = simd::load<T>(b + j * L);
      TRAINYARD_UNROLL
      for (int i = 0; i < R; ++i) acc[i][j] = simd::madd<T>(V(a[i * row]), bv, acc[i][j]);
    }
  }
  TRAINYARD_UNROLL
  for (int i = 0; i < R; ++i, c += ldc) {
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) {
      T* out = c + j * L;
      if (j + 1 < NV || rest == 0) {
        simd::store<T>(out, add ? simd::load<T>(out) + acc[i][j] : acc[i][j]);
      } else {
        simd::store_first<T>(out, add ? simd::load_first<T>(out, rest) + acc[i][j] : acc[i][j], rest);
      }
    }
  }
}

template <class T, int NV>
void small_tiles(Index m, Index k, const T* a, Index row, Index column, const T* b, Index ldb, T* c, Index ldc,
                 int rest, bool add) noexcept {
  for (; m >= 4; m -= 4, a += 4 * row, c += 4 * ldc) small_tile<T, 4, NV>(k, a, row, column, b, ldb, c, ldc, rest, add);
  for (; m > 0; --m, a += row, c += ldc) small_tile<T, 1, NV>(k, a, row, column, b, ldb, c, ldc, rest, add);
}

template <class T>
bool is_small(const Gemm<T>& g) {
  return g.n <= small_columns<T> && g.k <= small_depth && g.m <= small_rows && g.packed == nullptr;
}

/// Rows [begin, end) of a small product, all columns.
template <class T>
void small_gemm(const Gemm<T>& g, Index begin, Index end) noexcept {
  const bool tn = g.transpose == Transpose::tn;
  const bool nt = g.transpose == Transpose::nt;
  const Index lda = g.a_stride();
  const Index ldc = g.c_stride();
  Index ldb = g.b_stride();
  const auto n = static_cast<Index>(g.n);
  const auto k = static_cast<int>(g.k);
  const auto rest = static_cast<int>(n % lanes<T>);

  alignas(64) T panel[small_depth * small_columns<T>];
  const T* b = g.b;
  if (nt || rest != 0) {
    nt ? pack_panel_transposed(b, ldb, k, static_cast<int>(n), panel)
       : pack_panel(b, ldb, k, static_cast<int>(n), panel);
    b = panel;
    ldb = padded_width<T>(n);
  }
  const T* a = g.a + begin * (tn ? 1 : lda);
  T* c = g.c + begin * ldc;
  const auto tiles = n > lanes<T> ? &small_tiles<T, 2> : &small_tiles<T, 1>;
  tiles(end - begin, k, a, tn ? 1 : lda, tn ? lda : 1, b, ldb, c, ldc, rest, g.accumulate);

  const Epilogue<T> e = g.epilogue();
  if (!e.empty()) apply(e.moved(begin * ldc), c, ldc, end - begin, n);
}

}  // namespace trainyard::kernels::micro
