// Filling with draws of one distribution.
#pragma once
#include "initializers/initializer.hpp"

namespace trainyard::initializers {

/// U(low, high).
inline void fill_uniform(std::span<float> values, Random& random, double low, double high) {
  for (float& x : values) x = static_cast<float>(low + (high - low) * static_cast<double>(random.uniform()));
}

/// N(mean, deviation²).
inline void fill_normal(std::span<float> values, Random& random, double mean, double deviation) {
  for (float& x : values) x = static_cast<float>(mean + deviation * static_cast<double>(random.normal()));
}

}  // namespace trainyard::initializers
