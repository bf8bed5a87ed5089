// safetensors: a JSON header with names, types, shapes and places, then the numbers
// (github.com/huggingface/safetensors).
//
//   8 bytes  N, little-endian          N bytes  {"name": {"dtype", "shape", "data_offsets": [begin, end]}, …} data
//
// Reading trusts nothing: a file is checked as a whole before any of it is used, and nothing is allocated that the
// file's own length does not bound. Every defect is BAD_FILE with path "safetensors" or a tensor's name.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace trainyard {

/// A longer header is refused, as the reference implementation does.
inline constexpr std::uint64_t max_safetensors_header = 100'000'000;

/// Types of tensors in files. All can be checked; those that `readable` names can be read.
enum class TensorType : std::uint8_t {
  f64,
  f32,
  f16,
  bf16,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
  boolean,
  f8_e4m3,
  f8_e5m2
};
[[nodiscard]] std::string_view name(TensorType type) noexcept;  ///< "F32"
[[nodiscard]] std::size_t size_of(TensorType type) noexcept;
[[nodiscard]] bool readable(TensorType type) noexcept;

struct TensorInfo {
  std::string name;
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> shape;  ///< [] for a number; a size may be 0
  std::size_t begin = 0;            ///< bytes from the start of the file
  std::size_t end = 0;

  /// Number of elements.
  [[nodiscard]] std::size_t count() const { return (end - begin) / size_of(type); }
};

/// A file that has been checked; `bytes` must outlive it.
class Safetensors {
 public:
  explicit Safetensors(std::span<const std::byte> bytes);
  Safetensors(Safetensors&&) = default;
  Safetensors& operator=(Safetensors&&) = default;
  Safetensors(const Safetensors&) = delete;  // by_name_ looks into tensors_
  Safetensors& operator=(const Safetensors&) = delete;
  ~Safetensors() = default;

  /// In the order of their data.
  [[nodiscard]] std::span<const TensorInfo> tensors() const { return tensors_; }
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }
  /// Null if there is none of this name.
  [[nodiscard]] const TensorInfo* find(std::string_view name) const;

  /// Converts a tensor; `out` has info.count() elements. Returns whether all numbers are finite. Throws NOT_SUPPORTED
  /// (path: the name) for a type that is not readable.
  bool read(const TensorInfo& info, std::span<float> out) const;
  bool read(const TensorInfo& info, std::span<double> out) const;

 private:
  template <class T>
  bool read_as(const TensorInfo& info, std::span<T> out) const;

  std::span<const std::byte> bytes_;
  std::vector<TensorInfo> tensors_;
  std::map<std::string_view, std::size_t> by_name_;
  std::map<std::string, std::string, std::less<>> metadata_;
};

/// A file being written: the header stands, the numbers are filled in by the caller.
class SafetensorsWriter {
 public:
  /// `tensors` need name, type and shape; they are sorted by size of type (large first), then name, so that all are
  /// aligned. Types: F32 and I64. Throws INVALID_VALUE for a name twice, NOT_SUPPORTED for another type, OUT_OF_MEMORY.
  explicit SafetensorsWriter(std::vector<TensorInfo> tensors,
                             const std::map<std::string, std::string, std::less<>>& metadata = {{"format", "pt"}});

  [[nodiscard]] std::span<const TensorInfo> tensors() const { return tensors_; }
  /// Where the numbers of tensors()[i] go; T: float for F32, std::int64_t for I64.
  template <class T>
  [[nodiscard]] std::span<T> values(std::size_t i) {
    return {reinterpret_cast<T*>(bytes_.data() + tensors_[i].begin), tensors_[i].count()};
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  std::vector<TensorInfo> tensors_;
  Bytes bytes_;
};

}  // namespace trainyard
