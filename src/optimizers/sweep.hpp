// One pass over a range of parameters: the arithmetic that optimizers share.
#pragma once
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "optimizers/optimizer.hpp"

namespace trainyard::optimizers {

/// Calls f with element i of every array, by reference, for i in [0, n): what f leaves in an array that is not const
/// is written back. f is generic over the type of number that it gets.
template <class T, class F, class... P>
inline void sweep(std::int64_t n, F f, P*... arrays) {
  for (std::int64_t i = 0; i < n; ++i) {
    [&](auto... element) {
      f(element...);
      ((std::is_const_v<P> ? void() : void(const_cast<T&>(arrays[i]) = element)), ...);
    }(arrays[i]...);
  }
}

template <class V>
[[nodiscard]] inline V root(V x) {
  return std::sqrt(x);
}
template <class V>
[[nodiscard]] inline V sign(V x) {
  return x > V(0) ? V(1) : x < V(0) ? V(-1) : V(0);
}
template <class V>
[[nodiscard]] inline V larger(V a, V b) {
  return a < b ? b : a;
}

/// Zero for what is too small to matter: the state of a unit that gets no gradient decays to denormal numbers, which
/// are a hundred times slower, and WebAssembly cannot flush them.
template <class T, class V>
[[nodiscard]] inline V flushed(V x) {
  if constexpr (std::is_same_v<T, double>) {
    return x;
  } else {
    return std::abs(x) < V(0x1p-120F) ? V(0) : x;
  }
}

/// The gradient of the loss with its penalties: scale g + l1 sign(p) + decay p.
template <class T>
struct Penalised {
  T scale, l1, decay;

  /// `coupled_decay`: weight decay that acts through the gradient, as an L2 penalty does.
  Penalised(const Update& u, double coupled_decay)
      : scale(static_cast<T>(u.gradient_scale)),
        l1(static_cast<T>(u.l1)),
        decay(static_cast<T>(u.l2 + coupled_decay)) {}

  template <class V>
  [[nodiscard]] V operator()(V gradient, V parameter) const {
    return gradient * V(scale) + sign(parameter) * V(l1) + parameter * V(decay);
  }
};

template <class T>
[[nodiscard]] inline T* parameters(const Update& u) {
  return static_cast<T*>(u.parameter);
}
template <class T>
[[nodiscard]] inline const T* gradients(const Update& u) {
  return static_cast<const T*>(u.gradient);
}
template <class T>
[[nodiscard]] inline T* slot(const Update& u, std::size_t i) {
  return static_cast<T*>(u.slots[i]);
}

}  // namespace trainyard::optimizers
