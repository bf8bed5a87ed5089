// log, cos and exp in double with the same bits on every platform (a libm's last bit differs from another's).
// For what is computed once per step or once per model; hot loops use simd/math.hpp.
#pragma once
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace trainyard::portable {

/// Natural logarithm of a positive normal number: x = m 2^e, log m = 2 atanh((m-1)/(m+1)). Relative error < 1e-15.
[[nodiscard]] inline double log(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto e = static_cast<int>((bits >> 52) & 0x7FF) - 1023;
  double m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++e;
  }
  const double s = (m - 1) / (m + 1);
  const double s2 = s * s;
  double sum = 0;
  for (int k = 21; k >= 1; k -= 2) sum = sum * s2 + 1.0 / k;
  return e * 0.6931471805599453 + 2 * s * sum;
}

/// Cosine for |x| up to a few thousand: reduced to [-pi/4, pi/4], Taylor series. Absolute error < 1e-13.
[[nodiscard]] inline double cos(double x) {
  constexpr double half_pi = 1.5707963267948966;
  const double q = std::floor(x / half_pi + 0.5);
  const double r = x - q * half_pi;
  const double r2 = r * r;
  double c = 0;
  double s = 0;
  for (int k = 16; k >= 2; k -= 2) {
    c = (c + 1) * -r2 / (k * (k - 1));
    s = (s + 1) * -r2 / (k * (k + 1));
  }
  const auto quadrant = static_cast<std::int64_t>(q) & 3;
  const double cosine = 1 + c;
  const double sine = r * (1 + s);
  return quadrant == 0 ? cosine : quadrant == 1 ? -sine : quadrant == 2 ? -cosine : sine;
}

namespace detail {
/// 1 / k!
inline constexpr std::array exp_terms = [] {
  std::array<double, 15> terms{1};
  double factorial = 1;
  for (std::size_t k = 1; k < terms.size(); ++k) terms[k] = 1 / (factorial *= static_cast<double>(k));
  return terms;
}();
}  // namespace detail

/// e^x for |x| < 700. Relative error < 1e-15.
[[nodiscard]] inline double exp(double x) {
  const double n = std::floor(x * 1.4426950408889634 + 0.5);
  const double r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
  double sum = detail::exp_terms[14];
  for (std::size_t k = 14; k-- > 0;) sum = sum * r + detail::exp_terms[k];
  return std::ldexp(sum, static_cast<int>(n));
}

/// b^n by squaring, n >= 0.
[[nodiscard]] inline double power(double b, std::uint64_t n) {
  double result = 1;
  for (; n != 0; n >>= 1, b *= b) {
    if ((n & 1) != 0) result *= b;
  }
  return result;
}

}  // namespace trainyard::portable
