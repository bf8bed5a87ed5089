// A block of memory, 64-byte aligned and zeroed, that never moves.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "core/error.hpp"
#include "core/memory.hpp"

namespace trainyard {

inline constexpr std::size_t alignment = 64;
template <class Size>
[[nodiscard]] constexpr Size aligned(Size bytes) {
  return (bytes + alignment - 1) / alignment * alignment;
}

class Arena {
 public:
  Arena() = default;
  /// Throws OUT_OF_MEMORY with the number of bytes, and leaves everything else as it was.
  explicit Arena(std::uint64_t bytes, const char* what = "memory") {
    if (bytes == 0) return;
    require_memory(aligned(bytes), what);  // before it is cut to the bits of a pointer
    bytes_ = static_cast<std::size_t>(aligned(bytes));
    memory_.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, bytes_)));
    if (memory_ == nullptr) throw Error(ErrorCode::out_of_memory, what, "", std::to_string(bytes) + " B");
    std::memset(memory_.get(), 0, bytes_);
  }

  [[nodiscard]] std::byte* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return bytes_; }
  template <class T>
  [[nodiscard]] T* as() const {
    return reinterpret_cast<T*>(memory_.get());
  }

 private:
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }  // NOLINT(cppcoreguidelines-no-malloc): aligned_alloc's pair
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t bytes_ = 0;
};

}  // namespace trainyard
