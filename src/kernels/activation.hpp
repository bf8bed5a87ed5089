// Activation functions and their derivatives on vectors: used by the epilogues of gemm and conv and by the activation
// ops, so that a fused and an unfused network compute the same bits.
#pragma once
#include <cstdint>
#include <type_traits>

#include "simd/math.hpp"

namespace trainyard::kernels {

enum class Activation : std::uint8_t { none, relu, leaky_relu, tanh, sigmoid, gelu, gelu_tanh, silu };

/// Whether the derivative is computed from the activation's input and output; if not, from its output alone (so that
/// the input need not be kept). leaky_relu's output has the sign of its input for slope >= 0; with a negative slope
/// pass the input in its place.
[[nodiscard]] constexpr bool derivative_needs_input(Activation a) noexcept {
  return a == Activation::gelu || a == Activation::gelu_tanh || a == Activation::silu;
}

namespace detail {
/// gelu(x) = x (1 + erf(x / sqrt 2)) / 2: 1 / sqrt 2, 1 / sqrt(2 pi), 1/2, -1/2.
template <class T>
inline constexpr T gelu_numbers[] = {T(0.70710678118654752), T(0.39894228040143268), T(0.5), T(-0.5)};
/// gelu_tanh(x) = x (1 + tanh(a x + b x^3)) / 2: a = sqrt(2 / pi), b = 0.044715 a, 1/2, 2 a, 6 b, 1.
template <class T>
inline constexpr T gelu_tanh_numbers[] = {T(0.79788456080286536),     T(0.044715 * 0.79788456080286536),     T(0.5),
                                          T(2 * 0.79788456080286536), T(6 * 0.044715 * 0.79788456080286536), T(1)};

/// s of y = x s(x), s(0) being 1/2. Below 1e-30 y may have lost digits, and s differs from 1/2 by no more than x does.
template <class T>
[[nodiscard]] inline simd::Vec<T> gate(const simd::Vec<T>& x, const simd::Vec<T>& y) noexcept {
  using V = simd::Vec<T>;
  return simd::select<T>(simd::abs<T>(x) < V(T(1e-30)), V(T(0.5)), y / x);
}
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
    return x * simd::madd<T>(simd::tanh(inner), c[2], c[2]);
  }
  if constexpr (A == Activation::silu) return x * simd::sigmoid<T>(x);
  if constexpr (A == Activation::none) return x;
}

/// The derivative, from the activation's output y and, where `derivative_needs_input(A)`, its input x: the sigmoid, the
/// tanh or the error function in y need not be computed again. (Else x may be anything.)
/// At the kink of relu and leaky_relu it is PyTorch's: that of x < 0.
template <Activation A, class T>
[[nodiscard]] inline simd::Vec<T> derivative([[maybe_unused]] const simd::Vec<T>& x, const simd::Vec<T>& y,
                                             [[maybe_unused]] T slope) noexcept {
  using V = simd::Vec<T>;
  const V one = simd::one<T>();
  if constexpr (A == Activation::relu) return simd::select<T>(y > V(T(0)), one, V(T(0)));
  if constexpr (A == Activation::leaky_relu) return simd::select<T>(y > V(T(0)), one, V(slope));
  if constexpr (A == Activation::tanh) return simd::nmadd<T>(y, y, one);
  if constexpr (A == Activation::sigmoid) return simd::nmadd<T>(y, y, y);
  if constexpr (A == Activation::gelu) {
    const simd::Constants<T> c(detail::gelu_numbers<T>);
    return simd::madd<T>(x, simd::exp(x * x * c[3]) * c[1], detail::gate<T>(x, y));
  }
  if constexpr (A == Activation::gelu_tanh) {  // s + y (1 - s) times twice the derivative of the tanh's argument
    const simd::Constants<T> c(detail::gelu_tanh_numbers<T>);
    const V s = detail::gate<T>(x, y);
    return simd::madd<T>(y * (c[5] - s), simd::madd<T>(x * x, c[4], c[3]), s);
  }
  if constexpr (A == Activation::silu) {
    const V s = detail::gate<T>(x, y);
    return simd::madd<T>(y, one - s, s);
  }
  if constexpr (A == Activation::none) return one;
}

/// Calls f(std::integral_constant<Activation, a>{}): from a run-time activation to the templates above.
template <class F>
inline decltype(auto) with_activation(Activation a, const F& f) {
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
