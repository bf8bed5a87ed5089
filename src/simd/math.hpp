// Elementary functions of vectors, from exact operations only: the same bits natively with 128-bit lanes and in wasm.
//
// float: error at most 4 units in the last place, or 5e-7 absolute (tested against double over the whole range);
// results below 2^-125 may come out as 0. double is the oracle of the tests and goes through the C library lane by
// lane. The scalar forms take the same way as the vectors and give the same bits.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "simd/vec.hpp"

namespace trainyard::simd {

namespace detail {

template <class F>
[[nodiscard]] inline Vec<double> by_lane(const Vec<double>& x, F f) noexcept {
  auto a = to_array<double>(x);
  for (auto& lane : a) lane = f(lane);
  return from_array<double>(a);
}

/// c[first] x^(N-1) + … + c[first + N - 1].
template <std::size_t N>
[[nodiscard]] inline Vec<float> horner(const Vec<float>& x, const Constants<float>& c, std::size_t first) noexcept {
  Vec<float> p = c[first];
  TRAINYARD_UNROLL
  for (std::size_t i = 1; i < N; ++i) p = madd<float>(p, x, c[first + i]);
  return p;
}

}  // namespace detail

/// e^x: x = n ln 2 + r, a polynomial of degree 5 in r (the coefficients of XNNPACK's rr2_p5), and 2^n put together from
/// bits.
[[nodiscard]] inline Vec<float> exp(const Vec<float>& x) noexcept {
  using V = Vec<float>;
  using U = Vec<std::uint32_t>;
  constexpr float magic = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer, which is left in the low bits
  static constexpr float numbers[] = {-87.5F,
                                      89.0F,
                                      1.44269504F,
                                      magic,
                                      0.693359375F,
                                      -2.12194440e-4F,
                                      1.6578581184e-2F,
                                      8.3795644343e-2F,
                                      3.3335304260e-1F,
                                      9.9998301268e-1F,
                                      1.9999994040e+0F,
                                      2.0F,
                                      0.5F};
  const Constants<float> c(numbers);
  // Below -87.34 the factor 2^(n-1) is exactly 0, above 88.73 the product is infinite; NaN passes both.
  const V bounded = min<float>(max<float>(x, c[0]), c[1]);
  const V shifted = madd<float>(bounded, c[2], c[3]);
  const V n = shifted - c[3];
  const V r = nmadd<float>(n, c[5], nmadd<float>(n, c[4], bounded));
  // Twice the polynomial times 2^(n-1), so that 2^128 is within reach.
  const U half = (xsimd::bitwise_cast<std::uint32_t>(shifted) << 23) + xsimd::bitwise_cast<std::uint32_t>(c[12]);
  return detail::horner<6>(r, c, 6) * xsimd::bitwise_cast<float>(half);
}
[[nodiscard]] inline Vec<double> exp(const Vec<double>& x) noexcept {
  return detail::by_lane(x, [](double v) { return std::exp(v); });
}

/// Natural logarithm; -inf at 0, NaN below. Cephes' logf: x = m 2^e with m in [sqrt(1/2), sqrt(2)).
[[nodiscard]] inline Vec<float> log(const Vec<float>& x) noexcept {
  using V = Vec<float>;
  using U = Vec<std::uint32_t>;
  const auto denormal = x < V(std::numeric_limits<float>::min());
  const V scaled = xsimd::select(denormal, x * V(8388608.0F), x);
  const U bits = xsimd::bitwise_cast<std::uint32_t>(scaled) + U(0x3F800000U - 0x3F3504F3U);
  const V e = xsimd::to_float(xsimd::bitwise_cast<std::int32_t>(bits >> 23)) -
              xsimd::select(denormal, V(127.0F + 23.0F), V(127.0F));
  const V f = xsimd::bitwise_cast<float>((bits & U(0x007FFFFFU)) + U(0x3F3504F3U)) - V(1.0F);
  static constexpr float p[] = {7.0376836292e-2F,  -1.1514610310e-1F, 1.1676998740e-1F,
                                -1.2420140846e-1F, 1.4249322787e-1F,  -1.6668057665e-1F,
                                2.0000714765e-1F,  -2.4999993993e-1F, 3.3333331174e-1F};
  const V f2 = f * f;
  V y = detail::horner<9>(f, Constants<float>(p), 0) * f * f2;
  y = madd<float>(e, V(-2.12194440e-4F), y);
  y = nmadd<float>(f2, V(0.5F), y);
  const V result = madd<float>(e, V(0.693359375F), f + y);
  const V special = xsimd::select(x == V(0.0F), V(-std::numeric_limits<float>::infinity()),
                                  xsimd::select(x > V(0.0F), x, V(std::numeric_limits<float>::quiet_NaN())));
  const auto ordinary = (x > V(0.0F)) & (x < V(std::numeric_limits<float>::infinity()));
  return xsimd::select(ordinary, result, special);
}
[[nodiscard]] inline Vec<double> log(const Vec<double>& x) noexcept {
  return detail::by_lane(x, [](double v) { return std::log(v); });
}

/// Hyperbolic tangent: x P(x^2) / Q(x^2) of degrees 13 and 6 (the coefficients of Eigen's ptanh), clamped where it
/// is exactly 1: that depends on how often a product and a sum are rounded. (Else gelu_tanh of large negative numbers
/// would not vanish.)
[[nodiscard]] inline Vec<float> tanh(const Vec<float>& x) noexcept {
  constexpr float edge = fused<float> ? 7.99881172180175781F : 7.90531110763549805F;
  static constexpr float numbers[] = {-edge,
                                      edge,
                                      -2.76076847742355e-16F,
                                      2.00018790482477e-13F,
                                      -8.60467152213735e-11F,  // P
                                      5.12229709037114e-08F,
                                      1.48572235717979e-05F,
                                      6.37261928875436e-04F,
                                      4.89352455891786e-03F,
                                      1.19825839466702e-06F,
                                      1.18534705686654e-04F,
                                      2.26843463243900e-03F,
                                      4.89352518554385e-03F};  // Q
  const Constants<float> c(numbers);
  const Vec<float> bounded = min<float>(max<float>(x, c[0]), c[1]);
  const Vec<float> square = bounded * bounded;
  return bounded * detail::horner<7>(square, c, 2) / detail::horner<4>(square, c, 9);
}
[[nodiscard]] inline Vec<double> tanh(const Vec<double>& x) noexcept {
  return detail::by_lane(x, [](double v) { return std::tanh(v); });
}

/// 1 / (1 + e^-x).
template <class T>
[[nodiscard]] inline Vec<T> sigmoid(const Vec<T>& x) noexcept {
  return one<T>() / (one<T>() + exp(-x));
}

/// Error function: x P(x^2) / Q(x^2) of degrees 13 and 8 (the coefficients of Eigen's perf), clamped where it is 1.
[[nodiscard]] inline Vec<float> erf(const Vec<float>& x) noexcept {
  static constexpr float numbers[] = {-4.0F,
                                      4.0F,  // where it is 1
                                      -2.72614225801306e-10F,
                                      2.77068142495902e-08F,
                                      -2.10102402082508e-06F,  // P
                                      -5.69250639462346e-05F,
                                      -7.34990630326855e-04F,
                                      -2.95459980854025e-03F,
                                      -1.60960333262415e-02F,
                                      -1.45660718464996e-05F,
                                      -2.13374055278905e-04F,
                                      -1.68282697438203e-03F,  // Q
                                      -7.37332916720468e-03F,
                                      -1.42647390514189e-02F};
  const Constants<float> c(numbers);
  const Vec<float> bounded = min<float>(max<float>(x, c[0]), c[1]);
  const Vec<float> square = bounded * bounded;
  return bounded * detail::horner<7>(square, c, 2) / detail::horner<5>(square, c, 9);
}
[[nodiscard]] inline Vec<double> erf(const Vec<double>& x) noexcept {
  return detail::by_lane(x, [](double v) { return std::erf(v); });
}

/// log(1 + x) for x in [0, 1]: the rounding error of 1 + x is put back.
[[nodiscard]] inline Vec<float> log1p(const Vec<float>& x) noexcept {
  using V = Vec<float>;
  const V u = x + V(1.0F);
  return log(u) + (x - (u - V(1.0F))) / u;
}
[[nodiscard]] inline Vec<double> log1p(const Vec<double>& x) noexcept {
  return detail::by_lane(x, [](double v) { return std::log1p(v); });
}

/// log(1 + e^x), without overflow. Once in a module: a loss needs it seldom, and in every loop it would be a kilobyte.
template <class T>
[[nodiscard, gnu::noinline]] inline Vec<T> softplus(const Vec<T>& x) noexcept {
  return max<T>(x, Vec<T>(T(0))) + log1p(exp(-xsimd::abs(x)));
}

/// Square root, correctly rounded.
template <class T>
[[nodiscard]] inline Vec<T> sqrt(const Vec<T>& x) noexcept {
  return xsimd::sqrt(x);
}
template <class T>
[[nodiscard]] inline Vec<T> abs(const Vec<T>& x) noexcept {
  return xsimd::abs(x);
}

#define TRAINYARD_SCALAR(function)                \
  template <class T>                              \
    requires std::is_floating_point_v<T>          \
  [[nodiscard]] inline T function(T x) noexcept { \
    return to_array<T>(function(Vec<T>(x)))[0];   \
  }
TRAINYARD_SCALAR(exp)
TRAINYARD_SCALAR(log)
TRAINYARD_SCALAR(tanh)
TRAINYARD_SCALAR(sigmoid)
TRAINYARD_SCALAR(erf)
TRAINYARD_SCALAR(log1p)
TRAINYARD_SCALAR(softplus)
#undef TRAINYARD_SCALAR

}  // namespace trainyard::simd
