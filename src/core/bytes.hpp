// Owned raw memory for data and files: made here, or adopted with the function that frees it, so that a large array is
// never copied on its way in.
#pragma once
#include <cstddef>
#include <span>
#include <utility>

namespace trainyard {

class Bytes {
 public:
  using Release = void (*)(std::byte*);

  Bytes() = default;
  /// Uninitialised and 64-byte aligned. Throws OUT_OF_MEMORY.
  [[nodiscard]] static Bytes allocate(std::size_t size);
  /// Takes over `data`; `release` frees it.
  [[nodiscard]] static Bytes adopt(std::byte* data, std::size_t size, Release release) {
    Bytes b;
    b.data_ = data;
    b.size_ = size;
    b.release_ = release;
    return b;
  }
  /// A copy. Throws OUT_OF_MEMORY.
  [[nodiscard]] static Bytes copy(std::span<const std::byte> bytes);

  Bytes(Bytes&& o) noexcept { swap(o); }
  Bytes& operator=(Bytes&& o) noexcept {
    swap(o);
    return *this;
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() {
    if (release_ != nullptr) release_(data_);
  }

  [[nodiscard]] std::byte* data() { return data_; }
  [[nodiscard]] const std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<const std::byte> span() const { return {data_, size_}; }
  [[nodiscard]] std::span<std::byte> span() { return {data_, size_}; }

 private:
  void swap(Bytes& o) noexcept {
    std::swap(data_, o.data_);
    std::swap(size_, o.size_);
    std::swap(release_, o.release_);
  }

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  Release release_ = nullptr;
};

}  // namespace trainyard
