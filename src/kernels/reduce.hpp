// Sums along the axes of a matrix.
#pragma once
#include <algorithm>
#include <cstdint>

#include "simd/loop.hpp"

namespace trainyard::kernels {

/// Calls f(first, load, store) for the vectors of columns [begin, end), where load(p) and store(p, v) touch only the
/// columns that are there: the last vector may be partial.
template <class T, class F>
inline void over_columns(std::ptrdiff_t begin, std::ptrdiff_t end, const F& f) noexcept {
  constexpr int L = simd::lanes<T>;
  for (; begin + L <= end; begin += L) {
    f(begin, [](const T* p) { return simd::load<T>(p); }, [](T* p, const simd::Vec<T>& v) { simd::store<T>(p, v); });
  }
  if (const int rest = static_cast<int>(end - begin); rest > 0) {
    f(
        begin, [rest](const T* p) { return simd::load_first<T>(p, rest); },
        [rest](T* p, const simd::Vec<T>& v) { simd::store_first<T>(p, v, rest); });
  }
}

namespace detail {

/// Rows that are added up from zero before their sum goes to the total.
inline constexpr std::ptrdiff_t reduced_rows = 256;

/// One vector of columns, its four sums in registers.
template <class T, class F, class Load>
inline simd::Vec<T> reduce_vector(std::ptrdiff_t rows, std::ptrdiff_t j, const F& term, Load load,
                                  simd::Vec<T> total) noexcept {
  using V = simd::Vec<T>;
  for (std::ptrdiff_t i = 0; i < rows;) {
    const std::ptrdiff_t stop = std::min(i + reduced_rows, rows);
    V s0(T(0)), s1(T(0)), s2(T(0)), s3(T(0));
    for (; i + 4 <= stop; i += 4) {
      s0 += term(load, i, j);
      s1 += term(load, i + 1, j);
      s2 += term(load, i + 2, j);
      s3 += term(load, i + 3, j);
    }
    for (; i < stop; ++i) s0 += term(load, i, j);
    total += (s0 + s1) + (s2 + s3);
  }
  return total;
}

/// Columns that are added up together: so many at most, and a multiple of these.
inline constexpr std::ptrdiff_t strip_columns = 256;
inline constexpr std::ptrdiff_t strip_step = 64;

/// Whole vectors of columns [begin, begin + width), at most strip_columns, in the same order of additions, but row by
/// row: where rows lie far apart, a column alone would fetch the same cache lines several times.
template <class T, class F>
inline void reduce_strip(std::ptrdiff_t rows, std::ptrdiff_t begin, std::ptrdiff_t width, const F& term, T* out,
                         bool accumulate) noexcept {
  constexpr int L = simd::lanes<T>;
  static_assert(strip_step % L == 0);
  alignas(64) T sums[4 * strip_columns];
  const auto load = [](const T* p) { return simd::load<T>(p); };
  if (!accumulate) std::fill_n(out + begin, width, T(0));
  for (std::ptrdiff_t i = 0; i < rows;) {
    const std::ptrdiff_t stop = std::min(i + reduced_rows, rows);
    const std::ptrdiff_t fours = i + (stop - i) / 4 * 4;
    std::fill_n(sums, 4 * width, T(0));
    for (; i < stop; ++i) {
      T* s = sums + (i < fours ? i % 4 : 0) * width;
      for (std::ptrdiff_t j = 0; j < width; j += L) {
        simd::store<T>(s + j, simd::load<T>(s + j) + term(load, i, begin + j));
      }
    }
    for (std::ptrdiff_t j = 0; j < width; j += L) {
      const auto sum = [&](int k) { return simd::load<T>(sums + k * width + j); };
      simd::store<T>(out + begin + j, simd::load<T>(out + begin + j) + ((sum(0) + sum(1)) + (sum(2) + sum(3))));
    }
  }
}

}  // namespace detail

/// out[j] (+)= sum over i in [0, rows) of term(load, i, j) for columns j in [begin, end); `term` returns the vector of
/// columns that starts at j, reading memory through `load` only, and none of `out`. A column's order of additions
/// follows from `rows` alone (blocks of 256 rows, in each four interleaved sums), so any cut into columns gives the
/// same bits.
template <class T, class F>
inline void reduce_columns(std::int64_t rows, std::int64_t begin, std::int64_t end, const F& term, T* out,
                           bool accumulate = false) noexcept {
  const auto count = static_cast<std::ptrdiff_t>(rows);
  auto first = static_cast<std::ptrdiff_t>(begin);
  const auto last = static_cast<std::ptrdiff_t>(end);
  if (count >= 32) {
    while (last - first >= detail::strip_step) {
      const std::ptrdiff_t width =
          std::min((last - first) / detail::strip_step * detail::strip_step, detail::strip_columns);
      detail::reduce_strip<T>(count, first, width, term, out, accumulate);
      first += width;
    }
  }
  over_columns<T>(first, last, [&](std::ptrdiff_t j, auto load, auto store) {
    const simd::Vec<T> start = accumulate ? load(out + j) : simd::Vec<T>(T(0));
    store(out + j, detail::reduce_vector<T>(count, j, term, load, start));
  });
}

/// out[j] (+)= sum over i of x[i, j] for columns j in [begin, end); x is [rows, *] with leading dimension ldx, `x` and
/// `out` point at column 0. The bias gradient.
template <class T>
inline void column_sum(std::int64_t rows, std::int64_t begin, std::int64_t end, const T* x, std::int64_t ldx, T* out,
                       bool accumulate = false) noexcept {
  const auto ld = static_cast<std::ptrdiff_t>(ldx);
  reduce_columns<T>(
      rows, begin, end, [x, ld](auto load, std::ptrdiff_t i, std::ptrdiff_t j) { return load(x + i * ld + j); }, out,
      accumulate);
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
