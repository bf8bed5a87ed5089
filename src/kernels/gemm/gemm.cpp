// The blocked product of Goto and van de Geijn (2008), "Anatomy of high-performance matrix multiplication": a block of
// B stays in the second-level cache, a panel of it in the first, a tile of C in registers.
#include "kernels/gemm/gemm.hpp"

#include <algorithm>
#include <utility>

#include "kernels/gemm/one_row.hpp"
#include "kernels/gemm/pack.hpp"
#include "kernels/gemm/small.hpp"

namespace trainyard::kernels {

using micro::Index;
using micro::Shape;

namespace {

constexpr int k_block = gemm_k_block;
constexpr int column_block = 512;
constexpr Index row_block = 96;
/// Columns of a full panel of B, of the widest shape.
template <class T>
constexpr Index widest_panel = std::ranges::max(micro::shapes, {}, &Shape::vectors).vectors * simd::lanes<T>;
static_assert(std::ranges::all_of(micro::shapes, [](Shape s) { return row_block % s.rows == 0; }));

/// What depends on the shape of the tile. A product reads it where it runs, so that there is but one code for all.
template <class T>
struct Tiling {
  Index rows;
  Index width;  ///< columns of a full panel of B
  const micro::Tiles<T>* tiles;
  void (*pack_rows)(const T* a, Index lda, Index rows, int kc, T* out) noexcept;

  /// Tiles of `columns` columns, whole vectors, and `height` rows.
  [[nodiscard]] micro::Tiles<T> at(bool by_column, Index columns, Index height) const noexcept {
    const Index vectors = columns / simd::lanes<T>;
    const Index most = width / simd::lanes<T>;
    return tiles[((by_column ? most : 0) + vectors - 1) * rows + height - 1];
  }
};

template <class T, std::size_t... I>
constexpr auto tilings_of(std::index_sequence<I...>) {
  return std::array{Tiling<T>{micro::shapes[I].rows, micro::shapes[I].vectors * simd::lanes<T>,
                              micro::tiles<T, micro::shapes[I]>.data(),
                              &micro::pack_rows<micro::shapes[I].rows, T>}...};
}
template <class T>
constexpr std::array tilings = tilings_of<T>(std::make_index_sequence<micro::shapes.size()>{});

/// Which of the shapes products take.
std::size_t chosen_shape = 0;

/// What is copied into panels. Ragged columns at the end always are (in part), B^T is as a whole.
struct Packing {
  bool a = false;
  bool b = false;
};

template <class T>
Packing choose_packing(Transpose transpose, Index m, Index n, Index k) {
  // Copying pays when the rows read by one tile are so far apart that they leave the first-level cache and its pages,
  // and when enough tiles read the copy. A^T is copied from 128 rows or columns on: W5 gains 1 % by its products of
  // 128 x 128 x 1024.
  const bool many_rows = m >= 4 * micro::shapes[0].rows;
  Packing p;
  p.b = transpose == Transpose::nt || (many_rows && (n >= 128 || (n * Index{sizeof(T)} >= 256 && k >= 128)));
  p.a = transpose == Transpose::tn && m >= 64 && k >= 64 && n >= 4 * tilings<T>[0].width && std::max(m, n) >= 128;
  return p;
}

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

template <class T>
struct Layout {
  std::size_t packed_b;  ///< bytes
  std::size_t packed_a;
  Layout(Packing p, Index m, Index n, Index k) {
    const auto kc = static_cast<std::size_t>(std::min<Index>(k, k_block));
    const auto nc = static_cast<std::size_t>(std::min<Index>(n, column_block));
    constexpr std::size_t width = widest_panel<T>;
    packed_b = aligned((p.b ? (nc + width - 1) / width * width : width) * kc * sizeof(T));
    packed_a = p.a ? aligned(static_cast<std::size_t>(std::min(m, row_block)) * kc * sizeof(T)) : 0;
  }
};

/// A piece of a product with everything in pointer-sized integers and the range's corner at the pointers.
template <class T>
struct Piece {
  bool by_column, transposed_b;
  Index m, n, k, lda, ldb, ldc;
  const T *a, *b;
  const T* packed;
  T* c;
  micro::Start<T> start;
  Epilogue<T> epilogue;
};

/// Columns [column, column + columns) of kc rows of B as panels of `width`, from panel `first` on.
template <class T>
void pack_columns(const Piece<T>& p, Index width, Index column, Index columns, Index depth, int kc, Index first,
                  T* out) noexcept {
  Index j = first;
  if (!p.transposed_b && width == 2 * simd::lanes<T>) {
    constexpr int together = 4;
    for (; j + together * width <= columns; j += together * width, out += together * width * kc) {
      micro::pack_panels<together>(p.b + depth * p.ldb + column + j, p.ldb, kc, out);
    }
  }
  for (; j < columns; j += width, out += width * kc) {
    const int present = static_cast<int>(std::min(width, columns - j));
    if (p.transposed_b) {
      micro::pack_panel_transposed(p.b + (column + j) * p.ldb + depth, p.ldb, kc, present, out);
    } else {
      micro::pack_panel(p.b + depth * p.ldb + column + j, p.ldb, kc, present, out);
    }
  }
}

/// Where the panels of a block of columns and of k start in a B that is packed as a whole.
constexpr Index packed_offset(Index width, Index column, Index columns, Index depth, Index k) {
  return column * k + (columns + width - 1) / width * width * depth;
}

/// One block of columns times one block of k: all its panels.
template <class T>
void run_panels(const Piece<T>& p, const Tiling<T>& tiling, Packing packing, const T* a, Index rows, const T* packed_b,
                Index column, Index columns, Index depth, int kc, T* c, micro::Start<T> start) noexcept {
  const Index height = tiling.rows;
  // A full tile and a low one below it become two of like height: the few sums of a low one wait for one another. (Rows
  // that are packed are packed for full ones.)
  const Index rest = rows % height;
  const Index whole = rows / height - (!packing.a && 0 < rest && 2 * rest <= height && rest < rows ? 1 : 0);
  const bool by_column = packing.a || p.by_column;
  const Index step = packing.a ? kc : p.by_column ? 1 : p.lda;
  for (Index j = 0; j < columns; j += tiling.width) {
    const Index present = std::min(tiling.width, columns - j);
    const Index padded = micro::padded_width<T>(present);
    const bool ragged = present != padded;
    const T* b = p.b + depth * p.ldb + column + j;
    Index ldb = p.ldb;
    if (packing.b || ragged) {
      b = packing.b ? packed_b + j * kc : packed_b;
      ldb = padded;
    }
    // Ragged columns are made beside C: a tile stores whole vectors.
    alignas(64) T edge[row_block * widest_panel<T>];
    T* to = c + j;
    T* out = ragged ? edge : to;
    const Index ldo = ragged ? padded : p.ldc;
    const micro::Start<T> from = start.moved(0, j);
    const micro::Start<T> below = ragged ? micro::Start<T>{} : from;
    if (whole > 0) {
      tiling.at(by_column, padded, height)(whole, height * step, kc, a, packing.a ? height : p.lda, b, ldb, out, ldo,
                                           below.at, below.step);
    }
    for (Index done = whole * height, h = 0; done < rows; done += h) {
      h = rows - done > height ? (rows - done + 1) / 2 : rows - done;
      const micro::Start<T> last = below.moved(done, 0);
      tiling.at(by_column, padded, h)(1, 0, kc, a + done * step, packing.a ? h : p.lda, b, ldb, out + done * ldo, ldo,
                                      last.at, last.step);
    }
    if (ragged) {
      micro::store_edge(
          edge, rows, padded, present, [&](Index x) { return from.moved(x, 0).at; },
          [&](Index x) { return to + x * p.ldc; });
    }
  }
}

template <class T>
void run(const Piece<T>& p, Packing packing, T* packed_b, T* packed_a) noexcept {
  const Tiling<T>& tiling = tilings<T>[chosen_shape];
  for (Index column = 0; column < p.n; column += column_block) {
    const Index columns = std::min<Index>(column_block, p.n - column);
    Index depth = 0;
    do {  // at least once: with k = 0 the product is zero
      const int kc = static_cast<int>(std::min<Index>(k_block, p.k - depth));
      const bool last = depth + kc == p.k;
      const T* panels = packed_b;
      if (p.packed != nullptr) {
        panels = p.packed + packed_offset(tiling.width, column, columns, depth, p.k);
      } else {
        // Whole vectors are read where they lie.
        const Index first = columns % micro::lanes<T> == 0 ? columns : columns / tiling.width * tiling.width;
        pack_columns(p, tiling.width, column, columns, depth, kc, packing.b ? 0 : first, packed_b);
      }
      for (Index i = 0; i < p.m; i += row_block) {
        const Index rows = std::min(row_block, p.m - i);
        const T* a = p.by_column ? p.a + depth * p.lda + i : p.a + i * p.lda + depth;
        if (packing.a) {
          tiling.pack_rows(a, p.lda, rows, kc, packed_a);
          a = packed_a;
        }
        T* c = p.c + i * p.ldc + column;
        const micro::Start<T> start = depth > 0 ? micro::Start<T>{c, p.ldc} : p.start.moved(i, column);
        run_panels(p, tiling, packing, a, rows, panels, column, columns, depth, kc, c, start);
        if (last && !p.epilogue.empty()) {
          apply(p.epilogue.moved(i * p.ldc + column, column), c, p.ldc, rows, columns);
        }
      }
      depth += kc;
    } while (depth < p.k);
  }
}

}  // namespace

int gemm_shapes() noexcept { return static_cast<int>(micro::shapes.size()); }
int gemm_shape() noexcept { return static_cast<int>(chosen_shape); }
void gemm_choose(int shape) noexcept { chosen_shape = static_cast<std::size_t>(shape); }

template <class T>
int gemm_row_grain() noexcept {
  return micro::shapes[0].rows;
}

template <class T>
int vector_lanes() noexcept {
  return simd::lanes<T>;
}

template <class T>
std::size_t gemm_scratch_bytes(Transpose transpose, std::int64_t m, std::int64_t n, std::int64_t k) noexcept {
  const auto mi = static_cast<Index>(m);
  const auto ni = static_cast<Index>(n);
  const auto ki = static_cast<Index>(k);
  const Layout<T> layout(choose_packing<T>(transpose, mi, ni, ki), mi, ni, ki);
  return layout.packed_a + layout.packed_b;
}

template <class T>
void gemm(const Gemm<T>& g, std::int64_t row_begin, std::int64_t row_end, std::int64_t column_begin,
          std::int64_t column_end, std::byte* scratch) noexcept {
  const auto r = static_cast<Index>(row_begin);
  const auto col = static_cast<Index>(column_begin);
  const auto m = static_cast<Index>(row_end - row_begin);
  const auto n = static_cast<Index>(column_end - column_begin);
  if (m <= 0 || n <= 0) return;
  const bool small = micro::is_small(g);
  if (n == g.n && small) return micro::small_gemm(g, r, r + m);
  const bool tn = g.transpose == Transpose::tn;
  const bool nt = g.transpose == Transpose::nt;
  Piece<T> p{};
  p.by_column = tn;
  p.transposed_b = nt;
  p.m = m;
  p.n = n;
  p.k = static_cast<Index>(g.k);
  p.lda = g.a_stride();
  p.ldb = g.b_stride();
  p.ldc = g.c_stride();
  p.a = g.a + (tn ? r : r * p.lda);
  p.b = g.b + (nt ? col * p.ldb : col);
  p.packed = g.packed;
  const Index corner = r * p.ldc + col;
  p.c = g.c + corner;
  p.epilogue = g.epilogue().moved(corner, col);
  if (g.accumulate) {
    p.start = {p.c, p.ldc};
  } else {
    p.start = {std::exchange(p.epilogue.bias, nullptr), 0};
  }
  if (m == 1 && !tn && (!nt || (g.by_lanes && !small)) && g.packed == nullptr) {
    return micro::row_gemm(n, p.k, p.a, p.b, p.ldb, nt, p.c, p.start.at, p.epilogue);
  }
  Packing packing = choose_packing<T>(g.transpose, static_cast<Index>(g.m), static_cast<Index>(g.n), p.k);
  const Layout<T> layout(packing, static_cast<Index>(g.m), static_cast<Index>(g.n), p.k);
  packing.b = packing.b || g.packed != nullptr;
  run(p, packing, reinterpret_cast<T*>(scratch), reinterpret_cast<T*>(scratch + layout.packed_b));
}

template <class T>
void gemm(const Gemm<T>& g, std::int64_t row_begin, std::int64_t row_end, std::byte* scratch) noexcept {
  gemm(g, row_begin, row_end, 0, g.n, scratch);
}

template <class T>
std::int64_t gemm_packed_numbers(std::int64_t n, std::int64_t k) noexcept {
  constexpr std::int64_t width = widest_panel<T>;
  return (n + width - 1) / width * width * k;
}

template <class T>
void gemm_pack_b(const Gemm<T>& g, T* out) noexcept {
  Piece<T> p{};
  p.transposed_b = g.transpose == Transpose::nt;
  p.b = g.b;
  p.ldb = g.b_stride();
  const auto n = static_cast<Index>(g.n);
  const auto k = static_cast<Index>(g.k);
  const Index width = tilings<T>[chosen_shape].width;
  for (Index column = 0; column < n; column += column_block) {
    const Index columns = std::min<Index>(column_block, n - column);
    for (Index depth = 0; depth < k; depth += k_block) {
      pack_columns(p, width, column, columns, depth, static_cast<int>(std::min<Index>(k_block, k - depth)), 0,
                   out + packed_offset(width, column, columns, depth, k));
    }
  }
}

template <class T>
void peak(T* p, std::int64_t iterations) noexcept {
  using V = simd::Vec<T>;
  constexpr int chains = 12;
  V acc[chains];
  const V x(p[0]);
  const V y(p[1]);
  TRAINYARD_UNROLL
  for (int i = 0; i < chains; ++i) acc[i] = simd::load<T>(p + i * simd::lanes<T>);
  const int count = static_cast<int>(iterations);
  TRAINYARD_NO_UNROLL
  for (int k = 0; k < count; ++k) {
    TRAINYARD_UNROLL
    for (int u = 0; u < 4; ++u) {
      TRAINYARD_UNROLL
      for (int i = 0; i < chains; ++i) acc[i] = simd::madd<T>(acc[i], x, y);
    }
  }
  TRAINYARD_UNROLL
  for (int i = 0; i < chains; ++i) simd::store<T>(p + i * simd::lanes<T>, acc[i]);
}

#define TRAINYARD_INSTANTIATE(T)                                                                                      \
  template int gemm_row_grain<T>() noexcept;                                                                          \
  template int vector_lanes<T>() noexcept;                                                                            \
  template std::size_t gemm_scratch_bytes<T>(Transpose, std::int64_t, std::int64_t, std::int64_t) noexcept;           \
  template void gemm<T>(const Gemm<T>&, std::int64_t, std::int64_t, std::byte*) noexcept;                             \
  template void gemm<T>(const Gemm<T>&, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::byte*) noexcept; \
  template std::int64_t gemm_packed_numbers<T>(std::int64_t, std::int64_t) noexcept;                                  \
  template void gemm_pack_b<T>(const Gemm<T>&, T*) noexcept;                                                          \
  template void peak<T>(T*, std::int64_t) noexcept;

TRAINYARD_INSTANTIATE(float)
#ifndef __EMSCRIPTEN__
TRAINYARD_INSTANTIATE(double)
#endif

}  // namespace trainyard::kernels
