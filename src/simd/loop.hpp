// Loops over contiguous numbers: the only place that knows what to do with a remainder. The function given always works
// on whole vectors, the last one padded with zeros, so an element gets the same bits wherever the loop starts or ends.
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "simd/vec.hpp"

namespace trainyard::simd {

/// out[i] = f(in[i]...) for i in [0, n). f takes and returns Vec<T>. `out` may be one of `in`.
template <class T, class F, class... In>
inline void map(std::int64_t n, T* out, F f, const In*... in) noexcept {
  constexpr int width = lanes<T>;
  const auto count = static_cast<std::ptrdiff_t>(n);
  std::ptrdiff_t i = 0;
  for (; i + 2 * width <= count; i += 2 * width) {
    const Vec<T> first = f(load<T>(in + i)...);
    const Vec<T> second = f(load<T>(in + i + width)...);
    store<T>(out + i, first);
    store<T>(out + i + width, second);
  }
  for (; i + width <= count; i += width) store<T>(out + i, f(load<T>(in + i)...));
  if (const int rest = static_cast<int>(count - i); rest > 0)
    store_first<T>(out + i, f(load_first<T>(in + i, rest)...), rest);
}

/// Gives f whole vectors of every array by reference, for all of [0, n), and writes back what f leaves in an array that
/// is not const: one pass that updates several arrays at once. f may get zeros beside the last numbers.
template <class T, class F, class... P>
inline void sweep(std::int64_t n, F f, P*... arrays) noexcept {
  constexpr int width = lanes<T>;
  const auto count = static_cast<std::ptrdiff_t>(n);
  std::ptrdiff_t i = 0;
  // Two at a time, all loads before the stores: what f has in memory (simd::Constants) is loaded once for both.
  for (; i + 2 * width <= count; i += 2 * width) {
    [&](auto... v) {
      [&](auto... w) {
        f(v...);
        f(w...);
        ((std::is_const_v<P> ? void() : store<T>(const_cast<T*>(arrays) + i, v)), ...);
        ((std::is_const_v<P> ? void() : store<T>(const_cast<T*>(arrays) + i + width, w)), ...);
      }(load<T>(arrays + i + width)...);
    }(load<T>(arrays + i)...);
  }
  if (i + width <= count) {
    [&](auto... v) {
      f(v...);
      ((std::is_const_v<P> ? void() : store<T>(const_cast<T*>(arrays) + i, v)), ...);
    }(load<T>(arrays + i)...);
    i += width;
  }
  if (const int rest = static_cast<int>(count - i); rest > 0) {
    [&](auto... v) {
      f(v...);
      ((std::is_const_v<P> ? void() : store_first<T>(const_cast<T*>(arrays) + i, v, rest)), ...);
    }(load_first<T>(arrays + i, rest)...);
  }
}

/// The sum of f(in[i]...) over [0, n). Order of the additions: four vectors of partial sums taken in turn, then
/// (0 + 1) + (2 + 3), then `sum` over the lanes; it follows from n alone.
template <class T, class F, class... In>
[[nodiscard]] inline T reduce_sum(std::int64_t n, F f, const In*... in) noexcept {
  constexpr int width = lanes<T>;
  const auto count = static_cast<std::ptrdiff_t>(n);
  Vec<T> s0(T(0)), s1(T(0)), s2(T(0)), s3(T(0));
  std::ptrdiff_t i = 0;
  for (; i + 4 * width <= count; i += 4 * width) {
    s0 += f(load<T>(in + i)...);
    s1 += f(load<T>(in + i + width)...);
    s2 += f(load<T>(in + i + 2 * width)...);
    s3 += f(load<T>(in + i + 3 * width)...);
  }
  for (; i + width <= count; i += width) s0 += f(load<T>(in + i)...);
  if (const int rest = static_cast<int>(count - i); rest > 0) {
    s1 += keep_first<T>(f(load_first<T>(in + i, rest)...), rest, T(0));
  }
  return sum<T>((s0 + s1) + (s2 + s3));
}

/// The largest of p[0..n), n > 0. A NaN is found only if it is the first of its lane: check for NaN where it matters.
template <class T>
[[nodiscard]] inline T reduce_max(std::int64_t n, const T* p) noexcept {
  constexpr int width = lanes<T>;
  const auto count = static_cast<std::ptrdiff_t>(n);
  if (count < width) {
    T best = p[0];
    for (std::ptrdiff_t i = 1; i < count; ++i) best = best < p[i] ? p[i] : best;
    return best;
  }
  Vec<T> best = load<T>(p);
  for (std::ptrdiff_t i = width; i + width <= count; i += width) best = max<T>(best, load<T>(p + i));
  return max_lane<T>(max<T>(best, load<T>(p + count - width)));
}

}  // namespace trainyard::simd
