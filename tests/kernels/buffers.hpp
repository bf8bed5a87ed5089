// What the kernel tests share: buffers with sentinels around them, random numbers, scratch full of NaN, closeness.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "core/random.hpp"

namespace trainyard::kernels {

/// n numbers with sentinels before and behind them.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::int64_t n, T fill = std::numeric_limits<T>::quiet_NaN())
      : size_(static_cast<std::size_t>(n)), data_(size_ + 2 * margin, sentinel) {
    for (std::size_t i = 0; i < size_; ++i) data_[margin + i] = fill;
  }
  [[nodiscard]] T* data() { return data_.data() + margin; }
  [[nodiscard]] const T* data() const { return data_.data() + margin; }
  [[nodiscard]] T& operator[](std::int64_t i) { return data_[margin + static_cast<std::size_t>(i)]; }
  [[nodiscard]] const T& operator[](std::int64_t i) const { return data_[margin + static_cast<std::size_t>(i)]; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(size_); }
  /// Whether nothing was written around the numbers.
  [[nodiscard]] bool intact() const {
    for (std::size_t i = 0; i < margin; ++i) {
      if (data_[i] != sentinel || data_[margin + size_ + i] != sentinel) return false;
    }
    return true;
  }
  [[nodiscard]] bool same_bits(const Guarded& other) const {
    return size_ == other.size_ && __builtin_memcmp(data(), other.data(), size_ * sizeof(T)) == 0;
  }

 private:
  static constexpr std::size_t margin = 67;
  static constexpr T sentinel = T(-12345);
  std::size_t size_;
  std::vector<T> data_;
};

/// n numbers in [-1, 1).
template <class T>
[[nodiscard]] Guarded<T> random_numbers(std::int64_t n, std::uint64_t seed) {
  Random random(seed, "test");
  Guarded<T> out(n);
  for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(2 * random.uniform() - 1);
  return out;
}

/// Scratch memory of NaNs, 64-byte aligned, that notices a write behind its end.
class Scratch {
 public:
  explicit Scratch(std::size_t bytes)
      : bytes_(bytes), data_((bytes + 256) / 8, std::numeric_limits<double>::quiet_NaN()) {
    const auto address = reinterpret_cast<std::uintptr_t>(data_.data());
    start_ = reinterpret_cast<std::byte*>(data_.data()) + (64 - address % 64) % 64;
    for (std::size_t i = 0; i < 64; ++i) start_[bytes_ + i] = std::byte{0x5A};
  }
  [[nodiscard]] std::byte* data() { return start_; }
  [[nodiscard]] bool intact() const {
    for (std::size_t i = 0; i < 64; ++i) {
      if (start_[bytes_ + i] != std::byte{0x5A}) return false;
    }
    return true;
  }

 private:
  std::size_t bytes_;
  std::vector<double> data_;
  std::byte* start_;
};

/// |got - want| <= tolerance * scale, where scale is the sum of the magnitudes that went into `want`.
template <class T>
[[nodiscard]] bool close(T got, double want, double scale, double units = 8) {
  const double eps = static_cast<double>(std::numeric_limits<T>::epsilon());
  return std::abs(static_cast<double>(got) - want) <= units * eps * (scale + 1e-3);
}

using Precisions = testing::Types<float
#ifndef __EMSCRIPTEN__
                                  ,
                                  double
#endif
                                  >;

}  // namespace trainyard::kernels
