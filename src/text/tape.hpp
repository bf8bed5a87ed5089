// Token ids of a whole text, each in one, two or four bytes. They lie in blocks, so that a text of unknown length grows
// without ever being copied, and nothing is freed but all of it.
#pragma once
#include <cstdint>
#include <vector>

#include "core/bytes.hpp"

namespace trainyard {

class Tape {
 public:
  /// Every id will be below `bound`.
  explicit Tape(std::int64_t bound) : width_(bound <= 0x100 ? 1 : bound <= 0x10000 ? 2 : 4) {}

  void push(std::int32_t id) {
    const std::int64_t place = size_ & (block - 1);
    if (place == 0) blocks_.push_back(Bytes::allocate(static_cast<std::size_t>(block) * width_));
    std::byte* to = blocks_.back().data();
    if (width_ == 1) {
      reinterpret_cast<std::uint8_t*>(to)[place] = static_cast<std::uint8_t>(id);
    } else if (width_ == 2) {
      reinterpret_cast<std::uint16_t*>(to)[place] = static_cast<std::uint16_t>(id);
    } else {
      reinterpret_cast<std::int32_t*>(to)[place] = id;
    }
    ++size_;
  }
  [[nodiscard]] std::int32_t operator[](std::int64_t i) const {
    const std::byte* from = blocks_[static_cast<std::size_t>(i / block)].data();
    const std::int64_t place = i & (block - 1);
    if (width_ == 1) return reinterpret_cast<const std::uint8_t*>(from)[place];
    if (width_ == 2) return reinterpret_cast<const std::uint16_t*>(from)[place];
    return reinterpret_cast<const std::int32_t*>(from)[place];
  }
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::size_t width() const { return width_; }

  /// Gives back what the last block does not need.
  void trim() {
    const auto used = static_cast<std::size_t>(size_ & (block - 1)) * width_;
    if (used != 0) blocks_.back() = Bytes::copy(blocks_.back().span().first(used));
  }

 private:
  static constexpr std::int64_t block = 1 << 16;

  std::vector<Bytes> blocks_;
  std::int64_t size_ = 0;
  std::size_t width_;
};

}  // namespace trainyard
