// One counter-based generator for everything: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random
// numbers: as easy as 1, 2, 3"). A number is f(seed, stream, step, element): nothing is stored, so threads, replay and
// recomputation draw the same.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace trainyard {

using Philox = std::array<std::uint32_t, 4>;

/// Four random words of one counter.
[[nodiscard]] constexpr Philox philox(std::uint64_t seed, std::uint64_t stream, std::uint64_t step,
                                      std::uint32_t block) {
  const std::uint64_t key = seed ^ (stream * 0x9E3779B97F4A7C15u);
  Philox c{block, static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32),
           static_cast<std::uint32_t>(stream ^ (stream >> 32))};
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return c;
}

/// A stream's number from its name (FNV-1a): the name of a node or parameter, so that a network's numbers do not
/// depend on the order in which it was built.
[[nodiscard]] constexpr std::uint64_t stream(std::string_view name) {
  std::uint64_t h = 0xCBF29CE484222325u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return h;
}

/// [0, 1) with 24 bits: exact in float.
[[nodiscard]] constexpr float uniform(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24F; }

/// A sequential reader over one stream, for what is drawn once (initial values, shuffles, synthetic data).
class Random {
 public:
  Random(std::uint64_t seed, std::string_view name, std::uint64_t step = 0)
      : seed_(seed), stream_(stream(name)), step_(step) {}

  std::uint32_t bits() {
    if (next_ == 4) {
      words_ = philox(seed_, stream_, step_, block_++);
      next_ = 0;
    }
    return words_[next_++];
  }
  /// [0, 1)
  float uniform() { return trainyard::uniform(bits()); }
  /// Standard normal (Box and Muller 1958). The same bits on every platform: see random.cpp.
  float normal();
  /// 0 … n-1 without bias worth measuring (Lemire 2019, without rejection): n at most 2^32.
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>((std::uint64_t{bits()} * n) >> 32); }

 private:
  std::uint64_t seed_, stream_, step_;
  std::uint32_t block_ = 0;
  unsigned next_ = 4;
  Philox words_{};
};

}  // namespace trainyard
