// What the generators share.
#pragma once
#include "core/portable_math.hpp"
#include "core/random.hpp"

namespace trainyard::synthetic {

inline constexpr double pi = 3.141592653589793;

[[nodiscard]] inline double sine(double x) { return portable::cos(x - pi / 2); }
[[nodiscard]] inline double cosine(double x) { return portable::cos(x); }

/// U(low, high).
[[nodiscard]] inline double between(Random& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random.uniform());
}

}  // namespace trainyard::synthetic
