// Dropout. The mask is never stored: whether an element is kept is a function of seed, stream, step and the element's
// index in the whole batch, so the backward pass, another thread and a replay draw the same.
#pragma once
#include <cstdint>

#include "core/random.hpp"

namespace trainyard::kernels {

/// Which numbers a mask is drawn from.
struct DropoutMask {
  std::uint64_t seed = 0, stream = 0, step = 0;
  double probability = 0;  ///< of dropping, in [0, 1]
};

/// out[i] = kept(first + i) ? x[i] / (1 - probability) : 0 for i in [begin, end), where `first` is the index of x[0] in
/// the whole batch. Forward on values and, with the same mask, backward on gradients. `out` may be x.
template <class T>
inline void dropout(const DropoutMask& mask, std::int64_t first, std::int64_t begin, std::int64_t end, const T* x,
                    T* out) noexcept {
  // Words are compared as integers: one is kept if its 24 high bits, as a number in [0, 1), are not below probability.
  const auto threshold = static_cast<std::uint32_t>(mask.probability * 0x1p24);
  const T scale = mask.probability < 1 ? static_cast<T>(1 / (1 - mask.probability)) : T(0);
  std::int64_t i = begin;
  while (i < end) {
    const std::int64_t element = first + i;
    const Philox words = philox(mask.seed, mask.stream, mask.step, static_cast<std::uint32_t>(element / 4));
    for (auto w = static_cast<std::size_t>(element % 4); w < 4 && i < end; ++w, ++i) {
      const auto at = static_cast<std::ptrdiff_t>(i);
      out[at] = (words[w] >> 8) >= threshold ? x[at] * scale : T(0);
    }
  }
}

}  // namespace trainyard::kernels
