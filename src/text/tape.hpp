// Token ids of a whole text, each in one, two or four bytes. They lie in blocks, so that a text of unknown length grows
// without ever being copied, and nothing is freed but all of it.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/error.hpp"

namespace trainyard {

class Tape {
 public:
  /// Every id will be below `bound`.
  explicit Tape(std::int64_t bound) : width_(bound <= 0x100 ? 1 : bound <= 0x10000 ? 2 : 4) {}

  /// From the blocks of another. Throws SHAPE_MISMATCH unless they hold so many ids.
  Tape(std::size_t width, std::int64_t size, std::vector<Bytes> blocks)
      : blocks_(std::move(blocks)), size_(size), width_(width) {
    bool fits =
        (width == 1 || width == 2 || width == 4) && size >= 0 && std::ssize(blocks_) == (size + block - 1) / block;
    for (std::size_t i = 0; fits && i < blocks_.size(); ++i) {
      const std::int64_t ids = std::min(block, size - static_cast<std::int64_t>(i) * block);
      fits = blocks_[i].size() >= static_cast<std::size_t>(ids) * width;
    }
    if (!fits) throw Error(ErrorCode::shape_mismatch, "ids", std::to_string(size), std::to_string(blocks_.size()));
  }

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
  [[nodiscard]] std::span<const Bytes> blocks() const { return blocks_; }

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
