// Hands out parts of the scratch memory that a kernel is given.
#pragma once
#include <cstddef>

namespace trainyard::kernels {

/// Each part starts at a multiple of 64 bytes. With a null start it only measures.
class ScratchParts {
 public:
  explicit ScratchParts(std::byte* start) : start_(start) {}
  template <class U>
  [[nodiscard]] U* take(std::ptrdiff_t n) {
    std::byte* p = start_ == nullptr ? nullptr : start_ + used_;
    used_ += (static_cast<std::size_t>(n) * sizeof(U) + 63) / 64 * 64;
    return reinterpret_cast<U*>(p);
  }
  /// Bytes handed out so far.
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::byte* start_;
  std::size_t used_ = 0;
};

}  // namespace trainyard::kernels
