// Arrays that the ladder's rungs share between their plain loops and the kernels.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/random.hpp"

namespace trainyard::ladder {

using I = std::int64_t;
using Numbers = std::shared_ptr<std::vector<float>>;

inline Numbers zeros(I n) { return std::make_shared<std::vector<float>>(static_cast<std::size_t>(n)); }
inline Numbers random_numbers(I n, std::uint64_t seed) {
  Random random(seed, "ladder");
  Numbers out = zeros(n);
  for (float& x : *out) x = random.uniform() - 0.5F;
  return out;
}
struct Memory {
  std::shared_ptr<std::byte> bytes;
  std::byte* start;
  explicit Memory(std::size_t n) : bytes(new std::byte[n + 64], std::default_delete<std::byte[]>()) {
    start = bytes.get() + (64 - reinterpret_cast<std::uintptr_t>(bytes.get()) % 64) % 64;
  }
};
inline double difference(const Numbers& a, const Numbers& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a->size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>((*a)[i]) - static_cast<double>((*b)[i])));
  }
  return worst;
}

}  // namespace trainyard::ladder
