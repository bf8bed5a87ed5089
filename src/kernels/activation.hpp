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
inline constexpr double sqrt_half = 0.70710678118654752;
inline constexpr double inverse_sqrt_two_pi = 0.39894228040143268;
inline constexpr double sqrt_two_over_pi = 0.79788456080286536;
inline constexpr double gelu_cubic = 0.044715;
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
    return x * simd::madd<T>(simd::erf(x * V(T(detail::sqrt_half))), V(T(0.5)), V(T(0.5)));
  }
  if constexpr (A == Activation::gelu_tanh) {
    const V inner =
        x * simd::madd<T>(x * x, V(T(detail::gelu_cubic * detail::sqrt_two_over_pi)), V(T(detail::sqrt_two_over_pi)));
    return x * simd::madd<T>(simd::tanh(inner), V(T(0.5)), V(T(0.5)));
  }
  if constexpr (A == Activation::silu) return x * simd::sigmoid<T>(x);
  if constexpr (A == Activation::none) return x;
}

/// The derivative, from the output `v` of the activation or, where `derivative_needs_input(A)`, from its input.
/// At the kink of relu and leaky_relu it is PyTorch's: that of x < 0.
template <Activation A, class T>
[[nodiscard]] inline simd::Vec<T> derivative(const simd::Vec<T>& v, [[maybe_unused]] T slope) noexcept {
  using V = simd::Vec<T>;
  const V one(T(1));
  if constexpr (A == Activation::relu) return simd::select<T>(v > V(T(0)), one, V(T(0)));
  if constexpr (A == Activation::leaky_relu) return simd::select<T>(v > V(T(0)), one, V(slope));
  if constexpr (A == Activation::tanh) return simd::nmadd<T>(v, v, one);
  if constexpr (A == Activation::sigmoid) return simd::nmadd<T>(v, v, v);
  if constexpr (A == Activation::gelu) {
    const V cdf = simd::madd<T>(simd::erf(v * V(T(detail::sqrt_half))), V(T(0.5)), V(T(0.5)));
    const V pdf = simd::exp(v * v * V(T(-0.5))) * V(T(detail::inverse_sqrt_two_pi));
    return simd::madd<T>(v, pdf, cdf);
  }
  if constexpr (A == Activation::gelu_tanh) {
    constexpr double c = detail::sqrt_two_over_pi;
    const V v2 = v * v;
    const V t = simd::tanh(v * simd::madd<T>(v2, V(T(detail::gelu_cubic * c)), V(T(c))));
    const V inner = simd::madd<T>(v2, V(T(3 * detail::gelu_cubic * c)), V(T(c)));  // of the tanh's argument
    const V half = V(T(0.5));
    return simd::madd<T>(v * half * simd::nmadd<T>(t, t, one), inner, simd::madd<T>(t, half, half));
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
