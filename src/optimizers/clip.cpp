#include "optimizers/clip.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace trainyard {

template <class T>
void squared_norms(const T* x, std::int64_t count, std::int64_t first, std::int64_t last, double* partial) noexcept {
  for (std::int64_t b = first; b < last; ++b) {
    std::array<double, 8> sums{};
    std::int64_t i = b * norm_block;
    const std::int64_t end = std::min(count, i + norm_block);
    for (; i + 8 <= end; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) {
        const double v = x[i + static_cast<std::int64_t>(k)];
        sums[k] += v * v;
      }
    }
    for (std::size_t k = 0; i < end; ++i, ++k) {
      const double v = x[i];
      sums[k] += v * v;
    }
    partial[b] = ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
  }
}

template void squared_norms(const float*, std::int64_t, std::int64_t, std::int64_t, double*) noexcept;
template void squared_norms(const double*, std::int64_t, std::int64_t, std::int64_t, double*) noexcept;

double clip_scale(double squared_norm, double max_norm) noexcept {
  if (max_norm <= 0) return 1;
  const double scale = max_norm / (std::sqrt(squared_norm) + 1e-6);
  return scale < 1 ? scale : 1;
}

}  // namespace trainyard
