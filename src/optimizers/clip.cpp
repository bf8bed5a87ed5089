#include "optimizers/clip.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace trainyard {

namespace {

// The compilers' own vectors: this folder is built for size in WebAssembly, and xsimd widens no floats there.
using Doubles [[gnu::vector_size(16)]] = double;

template <class T>
Doubles doubles(const T* p) noexcept {
  using Two [[gnu::vector_size(2 * sizeof(T))]] = T;
  Two two;
  std::memcpy(&two, p, sizeof(two));
  return __builtin_convertvector(two, Doubles);
}

}  // namespace

template <class T>
void squared_norms(const T* x, std::int64_t count, std::int64_t first, std::int64_t last, double* partial) noexcept {
  for (std::int64_t b = first; b < last; ++b) {
    Doubles s01{}, s23{}, s45{}, s67{};
    auto i = static_cast<std::ptrdiff_t>(b * norm_block);
    const auto end = static_cast<std::ptrdiff_t>(std::min(count, b * norm_block + norm_block));
    for (; i + 8 <= end; i += 8) {
      const Doubles a = doubles(x + i), c = doubles(x + i + 2), d = doubles(x + i + 4), e = doubles(x + i + 6);
      s01 += a * a;
      s23 += c * c;
      s45 += d * d;
      s67 += e * e;
    }
    std::array<double, 8> sums{s01[0], s01[1], s23[0], s23[1], s45[0], s45[1], s67[0], s67[1]};
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
