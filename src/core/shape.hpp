// Shapes and value types.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace trainyard {

/// Sizes of up to six axes, stored inline. Row-major: the last axis is contiguous.
class Shape {
 public:
  static constexpr int max_rank = 6;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> dims) : Shape(std::span(dims.begin(), dims.size())) {}
  /// Throws INVALID_VALUE for more than six axes or a size below 1, or if the product exceeds 2^53; the path is the
  /// caller's to add.
  explicit Shape(std::span<const std::int64_t> dims);

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] std::int64_t operator[](int axis) const { return dims_[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] std::span<const std::int64_t> dims() const { return {dims_.data(), static_cast<std::size_t>(rank_)}; }
  /// Number of elements; 1 for a scalar.
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::int64_t back() const { return rank_ == 0 ? 1 : (*this)[rank_ - 1]; }
  /// Elements of the first `axes` axes, at most all. (size() / back() for all but the last, without a division: kernels
  /// ask in every step, and those of small networks are over sooner.)
  [[nodiscard]] std::int64_t leading(int axes) const {
    std::int64_t n = 1;
    for (int axis = 0; axis < axes; ++axis) n *= (*this)[axis];
    return n;
  }
  [[nodiscard]] bool operator==(const Shape& o) const { return rank_ == o.rank_ && dims_ == o.dims_; }

 private:
  std::array<std::int64_t, max_rank> dims_{};
  int rank_ = 0;
  std::int64_t size_ = 1;
};

/// "[2, 3]"; with `batched`, "[*, 2, 3]".
[[nodiscard]] std::string text(const Shape& shape, bool batched = false);

/// f32 is stored as double by the f64 executor (the oracle of the tests); the other types are what they say.
enum class DType : std::uint8_t { f32, i32, u8 };
[[nodiscard]] std::string_view name(DType type) noexcept;

/// Precision of the executor.
enum class Precision : std::uint8_t { f32, f64 };
[[nodiscard]] constexpr std::size_t element_size(DType type, Precision precision) {
  switch (type) {
    case DType::f32: return precision == Precision::f64 ? 8 : 4;
    case DType::i32: return 4;
    case DType::u8: return 1;
  }
  return 0;
}

/// How the axes of an image value [C, H, W] lie in memory; users only ever see channels first.
enum class Layout : std::uint8_t { channels_first, channels_last };

/// Type of a value. A batched value has `rows` (a run-time number, at most the plan's capacity) of `shape`:
/// axis 0 counts examples and is not part of `shape`.
struct ValueType {
  Shape shape;
  bool batched = true;
  DType dtype = DType::f32;
  Layout layout = Layout::channels_first;

  /// Elements in memory for a number of rows.
  [[nodiscard]] std::int64_t elements(std::int64_t rows) const { return batched ? rows * shape.size() : shape.size(); }
  [[nodiscard]] bool operator==(const ValueType&) const = default;
};
[[nodiscard]] std::string text(const ValueType& type);

}  // namespace trainyard
