// Softmax along rows. All matrices are [*, columns], row-major and tight; functions work on rows [begin, end).
// A row's largest number is subtracted first, so nothing overflows.
#pragma once
#include <cstdint>

#include "simd/loop.hpp"
#include "simd/math.hpp"

namespace trainyard::kernels {

/// y = softmax(x). y may be x.
template <class T>
inline void softmax(std::int64_t begin, std::int64_t end, std::int64_t columns, const T* x, T* y) noexcept {
  using V = simd::Vec<T>;
  for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
    const T* in = x + i * static_cast<std::ptrdiff_t>(columns);
    T* out = y + i * static_cast<std::ptrdiff_t>(columns);
    const T largest = simd::reduce_max<T>(columns, in);
    simd::map<T>(columns, out, [largest](const V& v) { return simd::exp(v - V(largest)); }, in);
    const T share = T(1) / simd::reduce_sum<T>(columns, [](const V& v) { return v; }, out);
    simd::map<T>(columns, out, [share](const V& v) { return v * V(share); }, out);
  }
}

/// dx = y (dy - sum(y dy)), from the output y of softmax. dx may be dy.
template <class T>
inline void softmax_gradient(std::int64_t begin, std::int64_t end, std::int64_t columns, const T* y, const T* dy,
                             T* dx) noexcept {
  using V = simd::Vec<T>;
  for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
    const std::ptrdiff_t at = i * static_cast<std::ptrdiff_t>(columns);
    const T dot = simd::reduce_sum<T>(columns, [](const V& a, const V& b) { return a * b; }, y + at, dy + at);
    simd::map<T>(columns, dx + at, [dot](const V& a, const V& b) { return a * (b - V(dot)); }, y + at, dy + at);
  }
}

/// y = x - log(sum(e^x)). y may be x.
template <class T>
inline void log_softmax(std::int64_t begin, std::int64_t end, std::int64_t columns, const T* x, T* y) noexcept {
  using V = simd::Vec<T>;
  for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
    const std::ptrdiff_t at = i * static_cast<std::ptrdiff_t>(columns);
    // The largest is subtracted before the logarithm is: for large x their sum would lose the digits of the latter.
    const T largest = simd::reduce_max<T>(columns, x + at);
    const T log_sum =
        simd::log(simd::reduce_sum<T>(columns, [largest](const V& v) { return simd::exp(v - V(largest)); }, x + at));
    simd::map<T>(columns, y + at, [largest, log_sum](const V& v) { return v - V(largest) - V(log_sum); }, x + at);
  }
}

/// dx = dy - e^y sum(dy), from the output y of log_softmax. dx may be dy.
template <class T>
inline void log_softmax_gradient(std::int64_t begin, std::int64_t end, std::int64_t columns, const T* y, const T* dy,
                                 T* dx) noexcept {
  using V = simd::Vec<T>;
  for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
    const std::ptrdiff_t at = i * static_cast<std::ptrdiff_t>(columns);
    const T total = simd::reduce_sum<T>(columns, [](const V& v) { return v; }, dy + at);
    simd::map<T>(
        columns, dx + at, [total](const V& a, const V& b) { return simd::nmadd<T>(simd::exp(a), V(total), b); }, y + at,
        dy + at);
  }
}

}  // namespace trainyard::kernels
