// A vector of numbers as wide as the build allows: the one place that includes xsimd.
//
// Two promises beyond xsimd's. A native build with 128-bit lanes and without FMA gives the same bits as the strict wasm
// build: `min`, `max` and the order of `sum` are defined here, not by the instruction set. And `madd` is one
// instruction where the build has one (FMA natively, relaxed SIMD in wasm), which xsimd does not do in wasm.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <xsimd/xsimd.hpp>

#ifdef __clang__
#define TRAINYARD_UNROLL _Pragma("clang loop unroll(full)")
#define TRAINYARD_NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define TRAINYARD_UNROLL _Pragma("GCC unroll 16")
#define TRAINYARD_NO_UNROLL _Pragma("GCC unroll 1")
#endif

namespace trainyard::simd {

/// A vector of `lanes<T>` numbers with +, -, *, /, comparisons and bit operations lane by lane.
template <class T>
using Vec = xsimd::batch<T>;
/// The result of a comparison of Vec<T>.
template <class T>
using Mask = xsimd::batch_bool<T>;
template <class T>
inline constexpr int lanes = static_cast<int>(Vec<T>::size);

/// The unsigned integer of T's width: for work on the bits of numbers.
template <class T>
struct UnsignedOf;
template <>
struct UnsignedOf<float> {
  using type = std::uint32_t;
};
template <>
struct UnsignedOf<double> {
  using type = std::uint64_t;
};
template <class T>
using Unsigned = typename UnsignedOf<T>::type;

template <class T>
[[nodiscard]] inline Vec<T> load(const T* p) noexcept {
  return Vec<T>::load_unaligned(p);
}
template <class T>
inline void store(T* p, const Vec<T>& v) noexcept {
  v.store_unaligned(p);
}
/// The first n of p's numbers, 0 < n < lanes; the other lanes are 0 and their memory is not read.
template <class T>
[[nodiscard]] inline Vec<T> load_first(const T* p, int n) noexcept {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) return Vec<T>(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << n) - 1U), p));
  if constexpr (sizeof(T) == 8) return Vec<T>(_mm512_maskz_loadu_pd(static_cast<__mmask8>((1U << n) - 1U), p));
#else
  if constexpr (lanes<T> == 4 && sizeof(T) == 4) {
    // Whole words: a number at a time would be put in place by a shuffle each.
    if (n == 1) return xsimd::bitwise_cast<T>(Vec<std::uint32_t>(std::bit_cast<std::uint32_t>(p[0]), 0U, 0U, 0U));
    std::uint64_t two = 0;
    std::memcpy(&two, p, sizeof(two));
    const Vec<T> v = xsimd::bitwise_cast<T>(Vec<std::uint64_t>(two, std::uint64_t{0}));
    return n == 2 ? v : v | Vec<T>(T(0), T(0), p[2], T(0));
  } else {
    alignas(Vec<T>) std::array<T, Vec<T>::size> copy{};
    for (int i = 0; i < n; ++i) copy[static_cast<std::size_t>(i)] = p[i];
    return Vec<T>::load_aligned(copy.data());
  }
#endif
}
/// Writes the first n lanes, 0 < n < lanes, and nothing else.
template <class T>
inline void store_first(T* p, const Vec<T>& v, int n) noexcept {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1U << n) - 1U), v);
  if constexpr (sizeof(T) == 8) _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1U << n) - 1U), v);
#else
  alignas(Vec<T>) std::array<T, Vec<T>::size> copy;
  v.store_aligned(copy.data());
  if constexpr (lanes<T> == 4 && sizeof(T) == 4) {  // sizes that are known stay in registers
    if (n == 1) {
      p[0] = copy[0];
    } else {
      std::memcpy(p, copy.data(), 2 * sizeof(T));
      if (n == 3) p[2] = copy[2];
    }
  } else {
    for (int i = 0; i < n; ++i) p[i] = copy[static_cast<std::size_t>(i)];
  }
#endif
}
/// The lanes of v as an array.
template <class T>
[[nodiscard]] inline std::array<T, Vec<T>::size> to_array(const Vec<T>& v) noexcept {
  alignas(Vec<T>) std::array<T, Vec<T>::size> a;
  v.store_aligned(a.data());
  return a;
}
template <class T>
[[nodiscard]] inline Vec<T> from_array(const std::array<T, Vec<T>::size>& a) noexcept {
  return Vec<T>::load_unaligned(a.data());
}

/// Numbers for all lanes. In WebAssembly they stay in memory: V8 builds a vector that it knows to be constant anew at
/// every use, from three instructions of which two take turns with the arithmetic; a load into all lanes is one.
template <class T>
class Constants {
 public:
  /// `numbers` must be static.
  template <std::size_t N>
  explicit Constants(const T (&numbers)[N]) noexcept : at_(numbers) {
#ifdef __wasm__
    asm("" : "+r"(at_));  // what is there is unknown to the compiler from here on
#endif
  }
  [[nodiscard]] Vec<T> operator[](std::size_t i) const noexcept { return Vec<T>(at_[i]); }

 private:
  const T* at_;
};

/// 1 in all lanes.
template <class T>
[[nodiscard]] inline Vec<T> one() noexcept {
  static constexpr T numbers[] = {T(1)};
  return Constants<T>(numbers)[0];
}

/// Whether `madd` and `nmadd` round once. (Relaxed wasm on a processor without such an instruction rounds twice.)
template <class T>
inline constexpr bool fused =
#if defined(__wasm_relaxed_simd__)
    std::is_same_v<T, float>;
#elif defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
    true;
#else
    false;
#endif

/// a b + c, rounded once where the build has such an instruction.
template <class T>
[[nodiscard]] inline Vec<T> madd(const Vec<T>& a, const Vec<T>& b, const Vec<T>& c) noexcept {
#ifdef __wasm_relaxed_simd__
  // Named here, not hooked into xsimd, whose own `fma` is a product and a sum in wasm.
  if constexpr (std::is_same_v<T, float>) return Vec<T>(wasm_f32x4_relaxed_madd(a, b, c));
#elif defined(__aarch64__)
  // Likewise.
  if constexpr (std::is_same_v<T, float>) return Vec<T>(vfmaq_f32(c, a, b));
  if constexpr (std::is_same_v<T, double>) return Vec<T>(vfmaq_f64(c, a, b));
#endif
  return xsimd::fma(a, b, c);
}
/// c - a b, rounded once where the build has such an instruction.
template <class T>
[[nodiscard]] inline Vec<T> nmadd(const Vec<T>& a, const Vec<T>& b, const Vec<T>& c) noexcept {
#ifdef __wasm_relaxed_simd__
  if constexpr (std::is_same_v<T, float>) return Vec<T>(wasm_f32x4_relaxed_nmadd(a, b, c));
#elif defined(__wasm__)
  if constexpr (std::is_same_v<T, float>) return c - a * b;  // xsimd negates a
#elif defined(__aarch64__)
  if constexpr (std::is_same_v<T, float>) return Vec<T>(vfmsq_f32(c, a, b));
  if constexpr (std::is_same_v<T, double>) return Vec<T>(vfmsq_f64(c, a, b));
#endif
  return xsimd::fnma(a, b, c);
}

/// mask ? a : b, lane by lane.
template <class T>
[[nodiscard]] inline Vec<T> select(const Mask<T>& mask, const Vec<T>& a, const Vec<T>& b) noexcept {
  return xsimd::select(mask, a, b);
}
/// a where the mask is set, else zero; and zero where it is set, else a.
template <class T>
[[nodiscard]] inline Vec<T> keep(const Mask<T>& mask, const Vec<T>& a) noexcept {
#if defined(__wasm__)
  return Vec<T>(wasm_v128_and(a, mask));  // a select would be three instructions
#else
  return xsimd::select(mask, a, Vec<T>(T(0)));
#endif
}
template <class T>
[[nodiscard]] inline Vec<T> drop(const Mask<T>& mask, const Vec<T>& a) noexcept {
#if defined(__wasm__)
  return Vec<T>(wasm_v128_andnot(a, mask));
#else
  return xsimd::select(mask, Vec<T>(T(0)), a);
#endif
}
/// Transposes the square matrix whose rows are the `lanes<T>` vectors at `rows`.
template <class T>
inline void transpose(Vec<T>* rows) noexcept {
  xsimd::transpose(rows, rows + lanes<T>);
}

/// a < b ? b : a: a NaN in `a` stays, one in `b` is dropped; max(-0, 0) is -0.
template <class T>
[[nodiscard]] inline Vec<T> max(const Vec<T>& a, const Vec<T>& b) noexcept {
#if defined(__aarch64__)
  return xsimd::select(a < b, b, a);  // its instruction keeps every NaN
#else
  return xsimd::max(a, b);
#endif
}
/// b < a ? b : a: a NaN in `a` stays, one in `b` is dropped.
template <class T>
[[nodiscard]] inline Vec<T> min(const Vec<T>& a, const Vec<T>& b) noexcept {
#if defined(__aarch64__)
  return xsimd::select(b < a, b, a);
#else
  return xsimd::min(a, b);
#endif
}

/// The larger, or NaN if either is NaN. Either order of `max` keeps the NaN of its first argument, and a NaN with more
/// bits set is still a NaN.
template <class T>
[[nodiscard]] inline Vec<T> max_or_nan(const Vec<T>& a, const Vec<T>& b) noexcept {
  return max<T>(a, b) | max<T>(b, a);
}

/// One number from all lanes: halves are combined until one is left, ((0,2),(1,3)) for four lanes.
template <class T, class F>
[[nodiscard]] inline T fold(const Vec<T>& v, F combine) noexcept {
  auto a = to_array<T>(v);
  TRAINYARD_UNROLL
  for (std::size_t half = Vec<T>::size / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) a[i] = combine(a[i], a[i + half]);
  }
  return a[0];
}
template <class T>
[[nodiscard]] inline T sum(const Vec<T>& v) noexcept {
  return fold<T>(v, [](T a, T b) { return a + b; });
}
template <class T>
[[nodiscard]] inline T max_lane(const Vec<T>& v) noexcept {
  return fold<T>(v, [](T a, T b) { return a < b ? b : a; });
}

/// v's first n lanes, `fill` in the others.
template <class T>
[[nodiscard]] inline Vec<T> keep_first(const Vec<T>& v, int n, T fill) noexcept {
  auto a = to_array<T>(v);
  for (int i = n; i < lanes<T>; ++i) a[static_cast<std::size_t>(i)] = fill;
  return from_array<T>(a);
}

}  // namespace trainyard::simd
