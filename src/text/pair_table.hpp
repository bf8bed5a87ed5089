// Pairs of token ids with a number each.
#pragma once
#include <cstdint>
#include <vector>

namespace trainyard {

[[nodiscard]] constexpr std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

/// Open addressing, at most half full.
class PairTable {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  [[nodiscard]] std::uint32_t find(std::uint64_t key) const { return slots_[slot(key)].value; }
  /// The number of the pair, which is set to `value` if there was none.
  std::uint32_t add(std::uint64_t key, std::uint32_t value) {
    Slot& there = slots_[slot(key)];
    if (there.value != none) return there.value;
    there = {key, value};
    if (++size_ * 2 > slots_.size()) grow();
    return value;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t value = none;
  };
  [[nodiscard]] std::size_t slot(std::uint64_t key) const {
    // Fibonacci hashing (Knuth 1973): the high bits of a product.
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = static_cast<std::size_t>((key * 0x9E3779B97F4A7C15u) >> 32) & mask;
    while (slots_[i].value != none && slots_[i].key != key) i = (i + 1) & mask;
    return i;
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& s : old) {
      if (s.value != none) slots_[slot(s.key)] = s;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(16);
  std::size_t size_ = 0;
};

}  // namespace trainyard
