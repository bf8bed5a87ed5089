// A product C = A B whose A is not stored: its element (i, k) lies at a[row_offset[i] + k_offset[k]].
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "kernels/gemm/gemm.hpp"
#include "kernels/gemm/pack.hpp"

namespace trainyard::kernels::gather {

using micro::Index;
using Offset = std::int32_t;

/// The largest tile. With 32 vector registers the row pointers, not the accumulators, are what is scarce.
inline constexpr int tile_rows = std::min(micro::shapes[0].rows, 8);
inline constexpr int tile_vectors = 2;
template <class T>
inline constexpr Index panel_width = tile_vectors * simd::lanes<T>;
/// Rows of C that are finished before the next are begun: what they read of the image stays in cache.
inline constexpr Index row_chunk = 384;

/// C[MR, NV * lanes] (+)= A B over kc. B's (k, j) is b[k * ldb + j]; C's row i lies at c[c_offset[i]].
template <class T, int MR, int NV>
void tile(int kc, const T* a, const Offset* row_offset, const Offset* k_offset, const T* b, Index ldb, T* c,
          const Offset* c_offset, bool add) noexcept {
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
  for (int i = 0; i < MR; ++i) row[i] = a + row_offset[i];
  TRAINYARD_NO_UNROLL
  for (int k = 0; k < kc; ++k) {
    V bv[NV];
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) bv[j] = simd::load<T>(b + j * L);
    const Index at = k_offset[k];
    TRAINYARD_UNROLL
    for (int i = 0; i < MR; ++i) {
      const V av(row[i][at]);
      TRAINYARD_UNROLL
      for (int j = 0; j < NV; ++j) acc[i][j] = simd::madd<T>(av, bv[j], acc[i][j]);
    }
    b += ldb;
  }
  if (add) {
    TRAINYARD_UNROLL
    for (int i = 0; i < MR; ++i) {
      TRAINYARD_UNROLL
      for (int j = 0; j < NV; ++j) acc[i][j] = simd::load<T>(c + c_offset[i] + j * L) + acc[i][j];
    }
  }
  TRAINYARD_UNROLL
  for (int i = 0; i < MR; ++i) {
    TRAINYARD_UNROLL
    for (int j = 0; j < NV; ++j) simd::store<T>(c + c_offset[i] + j * L, acc[i][j]);
  }
}

template <class T>
using Tile = void (*)(int, const T*, const Offset*, const Offset*, const T*, Index, T*, const Offset*, bool) noexcept;

/// tiles<T>[vectors - 1][rows - 1]; see micro::tiles for why it is a table.
template <class T, int NV, std::size_t... I>
constexpr auto tile_row(std::index_sequence<I...>) {
  return std::array<Tile<T>, sizeof...(I)>{&tile<T, static_cast<int>(I) + 1, NV>...};
}
template <class T>
inline constexpr std::array<std::array<Tile<T>, tile_rows>, tile_vectors> tiles{
    {tile_row<T, 1>(std::make_index_sequence<tile_rows>{}), tile_row<T, 2>(std::make_index_sequence<tile_rows>{})}};

template <class T>
struct Product {
  Index m, n, k;
  const T* a;
  const Offset* row_offset;  ///< [m]
  const Offset* k_offset;    ///< [k]
  const T* b;                ///< [k, n], leading dimension ldb
  Index ldb;
  T* c;
  const Offset* c_offset;  ///< [m]
  bool accumulate;
};

/// Numbers of scratch that `run` needs for a panel of B.
template <class T>
inline constexpr Index panel_size = Index{gemm_k_block} * panel_width<T>;

/// Adds up as gemm does: blocks of gemm_k_block from zero, each then added to C. (A bias comes after them.)
template <class T>
void run(const Product<T>& p, T* panel) noexcept {
  constexpr Index width = panel_width<T>;
  constexpr Index height = tile_rows;
  Index depth = 0;
  do {  // at least once: with k = 0 the product is zero
    const int kc = static_cast<int>(std::min<Index>(gemm_k_block, p.k - depth));
    const bool add = p.accumulate || depth > 0;
    const Offset* k_offset = p.k_offset + depth;
    for (Index j = 0; j < p.n; j += width) {
      const Index present = std::min(width, p.n - j);
      const Index padded = micro::padded_width<T>(present);
      const bool ragged = present != padded;
      const T* b = p.b + depth * p.ldb + j;
      Index ldb = p.ldb;
      // Rows of B far apart share few sets of the first-level cache: the panel is copied together.
      if (ragged || (p.ldb * Index{sizeof(T)} >= 256 && p.m > 2 * height)) {
        micro::pack_panel(b, p.ldb, kc, static_cast<int>(present), panel);
        b = panel;
        ldb = padded;
      }
      const auto& row = tiles<T>[padded > micro::lanes<T> ? 1 : 0];
      for (Index i = 0; i < p.m; i += height) {
        const Index h = std::min(height, p.m - i);
        const auto tile = row[static_cast<std::size_t>(h - 1)];
        if (!ragged) {
          tile(kc, p.a, p.row_offset + i, k_offset, b, ldb, p.c + j, p.c_offset + i, add);
          continue;
        }
        alignas(64) T edge[tile_rows * panel_width<T>];
        std::array<Offset, tile_rows> edge_offset;
        for (std::size_t x = 0; x < edge_offset.size(); ++x) {
          edge_offset[x] = static_cast<Offset>(static_cast<Index>(x) * padded);
        }
        tile(kc, p.a, p.row_offset + i, k_offset, b, ldb, edge, edge_offset.data(), false);
        const auto out = [&](Index x) { return p.c + p.c_offset[i + x] + j; };
        micro::store_edge(edge, h, padded, present, [&](Index x) { return add ? out(x) : nullptr; }, out);
      }
    }
    depth += kc;
  } while (depth < p.k);
}

}  // namespace trainyard::kernels::gather
