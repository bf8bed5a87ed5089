// The register tile: MR rows times NV vectors of C, accumulated over k.
#pragma once
#include <array>
#include <cstddef>
#include <utility>

#include "simd/vec.hpp"

namespace trainyard::kernels::micro {

using Index = std::ptrdiff_t;

/// Rows of the largest tile: as many accumulators as leave registers for two vectors of B and one of A.
/// Strict wasm needs a register for the product, as there is no fused instruction.
template <class T>
inline constexpr int tile_rows =
#if defined(__AVX512F__)
    12;
#elif defined(__FMA__) || defined(__wasm_relaxed_simd__)
    6;
#else
    4;
#endif
inline constexpr int tile_vectors = 2;

/// C[MR, NV * lanes] (+)= A B over kc. A's element (i, k) is a[i * lda + k], or a[k * lda + i] with `by_column`;
/// B's (k, j) is b[k * ldb + j], read in whole vectors.
template <class T, int MR, int NV, bool by_column>
void tile(int kc, const T* a, Index lda, const T* b, Index ldb, T* c, Index ldc, bool add) noexcept {
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
  if (add) {
    TRAINYARD_UNROLL
    for (int i = 0; i < MR; ++i) {
      TRAINYARD_UNROLL
      for (int j = 0; j < NV; ++j) acc[i][j] = simd::load<T>(c + i * ldc + j * L) + acc[i][j];
    }
  }
  TRAINYARD_UNROLL
  for (int i = 0; i < MR; ++i) {
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) simd::store<T>(c + i * ldc + j * L, acc[i][j]);
  }
}

template <class T>
using Tile = void (*)(int kc, const T* a, Index lda, const T* b, Index ldb, T* c, Index ldc, bool add) noexcept;

/// tiles<T>[by_column][vectors - 1][rows - 1]. Tiles are always called through this table: a tile inlined into its
/// driver would stay in the browser's baseline compiler, which cannot replace a function while it runs.
template <class T, bool by_column, int NV, std::size_t... I>
constexpr auto tile_row(std::index_sequence<I...>) {
  return std::array<Tile<T>, sizeof...(I)>{&tile<T, static_cast<int>(I) + 1, NV, by_column>...};
}
template <class T>
inline constexpr std::array<std::array<std::array<Tile<T>, tile_rows<T>>, tile_vectors>, 2> tiles{{
    {tile_row<T, false, 1>(std::make_index_sequence<tile_rows<T>>{}),
     tile_row<T, false, 2>(std::make_index_sequence<tile_rows<T>>{})},
    {tile_row<T, true, 1>(std::make_index_sequence<tile_rows<T>>{}),
     tile_row<T, true, 2>(std::make_index_sequence<tile_rows<T>>{})},
}};

}  // namespace trainyard::kernels::micro
