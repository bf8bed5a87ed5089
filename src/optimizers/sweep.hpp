// One pass over a range of parameters: the arithmetic that optimizers share.
#pragma once
#include <cstdint>
#include <type_traits>

#include "optimizers/optimizer.hpp"
#include "simd/loop.hpp"
#include "simd/math.hpp"

namespace trainyard::optimizers {

/// -1, 0 or 1.
template <class T>
[[nodiscard]] inline simd::Vec<T> sign(const simd::Vec<T>& x) {
  using V = simd::Vec<T>;
  return simd::select<T>(x > V(T(0)), V(T(1)), simd::select<T>(x < V(T(0)), V(T(-1)), V(T(0))));
}

/// Zero for what is too small to matter: the state of a unit that gets no gradient decays to denormal numbers, which
/// are a hundred times slower, and WebAssembly cannot flush them.
template <class T>
[[nodiscard]] inline simd::Vec<T> flushed(const simd::Vec<T>& x) {
  if constexpr (std::is_same_v<T, double>) {
    return x;
  } else {
    return simd::select<T>(simd::abs(x) < simd::Vec<T>(T(0x1p-120F)), simd::Vec<T>(T(0)), x);
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

  [[nodiscard]] simd::Vec<T> operator()(const simd::Vec<T>& gradient, const simd::Vec<T>& parameter) const {
    using V = simd::Vec<T>;
    return gradient * V(scale) + sign<T>(parameter) * V(l1) + parameter * V(decay);
  }
};

/// The gradient where nothing is penalised: half of the arithmetic of a plain step would be multiplying zeros.
template <class T>
struct Unpenalised {
  T scale;

  [[nodiscard]] simd::Vec<T> operator()(const simd::Vec<T>& gradient, const simd::Vec<T>& /*parameter*/) const {
    return gradient * simd::Vec<T>(scale);
  }
};

/// Calls f with what gives the gradient with its penalties.
template <class T, class F>
inline void with_penalties(const Update& u, double coupled_decay, const F& f) {
  const Penalised<T> all(u, coupled_decay);
  if (all.l1 == T(0) && all.decay == T(0)) {
    f(Unpenalised<T>{all.scale});
  } else {
    f(all);
  }
}

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
