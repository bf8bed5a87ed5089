// Strings with numbers: the first that is added is 0. Open addressing over one block of bytes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard {

class WordTable {
 public:
  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(starts_.size()) - 1; }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }
  [[nodiscard]] std::string_view operator[](std::int32_t i) const {
    const auto n = static_cast<std::size_t>(i);
    return std::string_view(bytes_).substr(starts_[n], starts_[n + 1] - starts_[n]);
  }
  /// Its number, or -1.
  [[nodiscard]] std::int32_t find(std::string_view word) const;
  /// Its number; a new one if it was not there.
  std::int32_t add(std::string_view word);
  void clear() { *this = {}; }

 private:
  [[nodiscard]] std::size_t slot(std::string_view word) const;

  std::string bytes_;
  std::vector<std::uint32_t> starts_{0};
  std::vector<std::int32_t> slots_ = std::vector<std::int32_t>(16, -1);  ///< a power of two, at most half full
};

}  // namespace trainyard
