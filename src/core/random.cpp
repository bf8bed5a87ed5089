#include "core/random.hpp"

#include <cmath>

#include "core/portable_math.hpp"

namespace trainyard {

float Random::normal() {
  // sqrt is exact everywhere; log and cos of libm are not, so both are ours.
  const double u = (static_cast<double>(bits()) + 1.0) * 0x1p-32;  // (0, 1]
  const double v = static_cast<double>(bits()) * 0x1p-32;
  return static_cast<float>(std::sqrt(-2.0 * portable::log(u)) * portable::cos(6.283185307179586 * v));
}

}  // namespace trainyard
