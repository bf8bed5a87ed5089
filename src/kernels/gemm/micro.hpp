// The register tile: MR rows times NV vectors of C, accumulated over k.
#pragma once
#include <array>
#include <cstddef>
#include <utility>

#include "simd/vec.hpp"

namespace trainyard::kernels::micro {

using Index = std::ptrdiff_t;

/// Rows times vectors of C.
struct Shape {
  int rows;
  int vectors;
};

/// The largest tiles of this build; the first is taken where nobody has measured (tune.hpp). As many accumulators as
/// leave registers for the vectors of B and one of A; strict wasm needs a register for the product, as there is no
/// fused instruction. A wasm build cannot know whether its processor has 16 registers or, as ARM's, 32.
inline constexpr auto shapes = std::to_array<Shape>({
#if defined(__AVX512F__)
    {12, 2},
#elif defined(__FMA__)
    {6, 2},
#elif defined(__aarch64__)
    {4, 4},
#elif defined(__wasm_relaxed_simd__)
    {6, 2},
    {4, 4},
#elif defined(__wasm__)
    {4, 2},
    {4, 4},
#else
    {4, 2},
#endif
});

/// What a product is added to: rows `step` numbers apart (0: the same for all, as a bias), or null for zero. (A tile
/// gets the two by themselves: in WebAssembly a struct would go through memory, and wait there.)
template <class T>
struct Start {
  const T* at = nullptr;
  Index step = 0;

  /// The same for the element in row `rows`, column `columns`.
  [[nodiscard]] Start moved(Index rows, Index columns) const {
    return at == nullptr ? *this : Start{at + rows * step + columns, step};
  }
};

/// C[MR, NV * lanes] = start + A B over kc; C may be where it starts from. A's element (i, k) is a[i * lda + k], or
/// a[k * lda + i] with `by_column`; B's (k, j) is b[k * ldb + j], read in whole vectors.
template <class T, int MR, int NV, bool by_column>
void tile(int kc, const T* a, Index lda, const T* b, Index ldb, T* c, Index ldc, const T* start,
          Index start_step) noexcept {
  using V = simd::Vec<T>;
  constexpr int L = simd::lanes<T>;
  V acc[MR][NV];
  TRAINYARD_UNROLL
  for (int i = 0; i < MR; ++i) {
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) acc[i][j] = V(T(0));
  }
  const T* row[MR];
  TRAINYARD_UNROLL
  for (int i = 0; i < MR; ++i) row[i] = a + i * lda;
  TRAINYARD_NO_UNROLL
  for (int k = 0; k < kc; ++k) {
    V bv[NV];
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) bv[j] = simd::load<T>(b + j * L);
    TRAINYARD_UNROLL
    for (int i = 0; i < MR; ++i) {
      const V av(by_column ? a[i] : row[i][k]);
      TRAINYARD_UNROLL
      for (int j = 0; j < NV; ++j) acc[i][j] = simd::madd<T>(av, bv[j], acc[i][j]);
    }
    b += ldb;
    if constexpr (by_column) a += lda;
  }
  if (start != nullptr) {
    TRAINYARD_UNROLL
    for (int i = 0; i < MR; ++i) {
      TRAINYARD_UNROLL
      for (int j = 0; j < NV; ++j) acc[i][j] = simd::load<T>(start + i * start_step + j * L) + acc[i][j];
    }
  }
  TRAINYARD_UNROLL
  for (int i = 0; i < MR; ++i) {
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) simd::store<T>(c + i * ldc + j * L, acc[i][j]);
  }
}

/// `count` tiles one below the other, `step` numbers of A apart; without `many` there is but one.
template <class T, int MR, int NV, bool by_column, bool many>
void tiles_below(Index count, Index step, int kc, const T* a, Index lda, const T* b, Index ldb, T* c, Index ldc,
                 const T* start, Index start_step) noexcept {
  if constexpr (!many) return tile<T, MR, NV, by_column>(kc, a, lda, b, ldb, c, ldc, start, start_step);
  TRAINYARD_NO_UNROLL
  for (; count > 0; --count, a += step, c += MR * ldc, start += MR * start_step) {
    asm volatile("" : "+r"(start));  // else LLVM makes two loops, which the module has no room for
    tile<T, MR, NV, by_column>(kc, a, lda, b, ldb, c, ldc, start, start_step);
  }
}

template <class T>
using Tiles = void (*)(Index count, Index step, int kc, const T* a, Index lda, const T* b, Index ldb, T* c, Index ldc,
                       const T* start, Index start_step) noexcept;

template <class T, Shape S, int I>
constexpr Tiles<T> nth_tiles() {
  constexpr int rows = I % S.rows + 1;
  constexpr int vectors = I / S.rows % S.vectors + 1;
  constexpr bool many = rows == S.rows;
  if constexpr (I < S.rows * S.vectors) {
    return tiles_below<T, rows, vectors, false, many>;
  } else {
    return tiles_below<T, rows, vectors, true, many>;
  }
}
template <class T, Shape S, std::size_t... I>
constexpr auto tiles_of(std::index_sequence<I...>) {
  return std::array{nth_tiles<T, S, static_cast<int>(I)>()...};
}
/// All tiles of a shape: those that read A by rows, then those by columns; of each, by vectors, then by rows. Tiles are
/// always called through this table: a tile inlined into its driver would stay in the browser's baseline compiler,
/// which cannot replace a function while it runs. One call for a column of them makes W5 3 % faster than a call for
/// each.
template <class T, Shape S>
inline constexpr std::array tiles =
    tiles_of<T, S>(std::make_index_sequence<static_cast<std::size_t>(2 * S.vectors * S.rows)>{});

}  // namespace trainyard::kernels::micro
