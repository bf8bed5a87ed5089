// Activation functions and their derivatives on vectors: used by the epilogues of gemm and conv and by the activation
// ops, so that a fused and an unfused network compute the same bits.
#pragma once
#include <cstdint>
#include <type_traits>

#include "simd/math.hpp"

namespace trainyard::kernels {

enum class Activation : std::uint8_t { none, relu, leaky_relu, tanh, sigmoid, gelu, gelu_tanh, silu };

/// Whether the derivative is computed from the activation's input; if not, from its output (so that the input need not
/// be kept). leaky_relu's output has the sign of its input for slope >= 0; with a negative slope pass the input.
[[nodiscard]] constexpr bool derivative_needs_input(Activation a) noexcept {
  return a == Activation::gelu || a == Activation::gelu_tanh || a == Activation::silu;
}

namespace detail {
/// gelu(x) = x (1 + erf(x / sqrt 2)) / 2: 1 / sqrt 2, 1 / sqrt(2 pi), 1/2, -1/2.
template <class T>
inline constexpr T gelu_numbers[] = {T(0.70710678118654752), T(0.39894228040143268), T(0.5), T(-0.5)};
/// gelu_tanh(x) = x (1 + tanh(a x + b x^3)) / 2: a = sqrt(2 / pi), b = 0.044715 a, 3 b, 1/2, 1.
template <class T>
inline constexpr T gelu_tanh_numbers[] = {T(0.79788456080286536), T(0.044715 * 0.79788456080286536),
                                          T(3 * 0.044715 * 0.79788456080286536), T(0.5), T(1)};
}  // namespace detail

/// The activation of x. `slope` is leaky_relu's for x < 0.
template <Activation A, class T>
[[nodiscard]] inline simd::Vec<T> activate(const simd::Vec<T>& x, [[maybe_unused]] T slope) noexcept {
  using V = simd::Vec<T>;
  if constexpr (A == Activation::relu) return simd::max<T>(x, V(T(0)));
  if constexpr (A == Activation::leaky_relu) return simd::select<T>(x > V(T(0)), x, x * V(slope));
  if constexpr (A == Activation::tanh) return simd::tanh(x);
  if constexpr (A == Activation::sigmoid) return simd::sigmoid<T>(x);
  if constexpr (A == Activation::gelu) {
    const simd::Constants<T> c(detail::gelu_numbers<T>);
    return x * simd::madd<T>(simd::erf(x * c[0]), c[2], c[2]);
  }
  if constexpr (A == Activation::gelu_tanh) {
    const simd::Constants<T> c(detail::gelu_tanh_numbers<T>);
    const V inner = x * simd::madd<T>(x * x, c[1], c[0]);
    return x * simd::madd<T>(simd::tanh(inner), c[3], c[3]);
  }
  if constexpr (A == Activation::silu) return x * simd::sigmoid<T>(x);
  if constexpr (A == Activation::none) return x;
}

/// The derivative, from the output `v` of the activation or, where `derivative_needs_input(A)`, from its input.
/// At the kink of relu and leaky_relu it is PyTorch's: that of x < 0.
template <Activation A, class T>
[[nodiscard]] inline simd::Vec<T> derivative(const simd::Vec<T>& v, [[maybe_unused]] T slope) noexcept {
  using V = simd::Vec<T>;
  const V one = simd::one<T>();
  if constexpr (A == Activation::relu) return simd::select<T>(v > V(T(0)), one, V(T(0)));
  if constexpr (A == Activation::leaky_relu) return simd::select<T>(v > V(T(0)), one, V(slope));
  if constexpr (A == Activation::tanh) return simd::nmadd<T>(v, v, one);
  if constexpr (A == Activation::sigmoid) return simd::nmadd<T>(v, v, v);
  if constexpr (A == Activation::gelu) {
    const simd::Constants<T> c(detail::gelu_numbers<T>);
    const V cdf = simd::madd<T>(simd::erf(v * c[0]), c[2], c[2]);
    const V pdf = simd::exp(v * v * c[3]) * c[1];
    return simd::madd<T>(v, pdf, cdf);
  }
  if constexpr (A == Activation::gelu_tanh) {
    const simd::Constants<T> c(detail::gelu_tanh_numbers<T>);
    const V v2 = v * v;
    const V t = simd::tanh(v * simd::madd<T>(v2, c[1], c[0]));
    const V inner = simd::madd<T>(v2, c[2], c[0]);  // of the tanh's argument
    return simd::madd<T>(v * c[3] * simd::nmadd<T>(t, t, c[4]), inner, simd::madd<T>(t, c[3], c[3]));
  }
  if constexpr (A == Activation::silu) {
    const V s = simd::sigmoid<T>(v);
    return s * simd::madd<T>(v, one - s, one);
  }
  if constexpr (A == Activation::none) return one;
}

/// Calls f(std::integral_constant<Activation, a>{}): from a run-time activation to the templates above.
template <class F>
inline decltype(auto) with_activation(Activation a, F f) {
  switch (a) {
    case Activation::relu: return f(std::integral_constant<Activation, Activation::relu>{});
    case Activation::leaky_relu: return f(std::integral_constant<Activation, Activation::leaky_relu>{});
    case Activation::tanh: return f(std::integral_constant<Activation, Activation::tanh>{});
    case Activation::sigmoid: return f(std::integral_constant<Activation, Activation::sigmoid>{});
    case Activation::gelu: return f(std::integral_constant<Activation, Activation::gelu>{});
    case Activation::gelu_tanh: return f(std::integral_constant<Activation, Activation::gelu_tanh>{});
    case Activation::silu: return f(std::integral_constant<Activation, Activation::silu>{});
    case Activation::none: break;
  }
  return f(std::integral_constant<Activation, Activation::none>{});
}

}  // namespace trainyard::kernels
