// What ops on images [channels, height, width] share: the shape rule's checks. Sizes are 32 bits in the kernels;
// whatever could overflow them is refused here.
#pragma once
#include <cstdint>
#include <limits>
#include <string>

#include "core/error.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {

inline constexpr std::int64_t largest_window = 1 << 20;  ///< of kernel, stride, padding and dilation
inline constexpr std::int64_t largest_image = std::numeric_limits<std::int32_t>::max();

/// Throws INVALID_VALUE unless `value`, an option of that name, lies in [low, high].
inline void require_range(std::string_view option, std::int64_t value, std::int64_t low,
                          std::int64_t high = largest_window) {
  if (value >= low && value <= high) return;
  throw Error(ErrorCode::invalid_value, "",
              std::to_string(low) + " <= " + std::string(option) + " <= " + std::to_string(high),
              std::to_string(value));
}

/// Throws SHAPE_MISMATCH unless the type is that of a float image, channels last in memory.
inline void require_image(const ValueType& type) {
  Inference::require_float(type);
  Inference::require(type.shape.rank() == 3 && type.layout == Layout::channels_last, "[*, channels, height, width]",
                     text(type.shape, type.batched));
}

[[nodiscard]] inline ValueType image_type(std::int64_t channels, std::int64_t height, std::int64_t width) {
  return {.shape = {channels, height, width}, .layout = Layout::channels_last};
}

/// One axis of a sliding window.
struct Window {
  std::int64_t size, kernel, stride, pad_before, pad_after, dilation;
  /// Input positions that the window spans.
  [[nodiscard]] std::int64_t span() const { return dilation * (kernel - 1) + 1; }
  [[nodiscard]] std::int64_t padded() const { return size + pad_before + pad_after; }
  [[nodiscard]] bool fits() const { return span() <= padded(); }
};

inline void require_window(const Window& w) {
  require_range("kernel", w.kernel, 1);
  require_range("stride", w.stride, 1);
  require_range("dilation", w.dilation, 1);
  require_range("padding", w.pad_before, 0);
  require_range("padding", w.pad_after, 0);
}

/// Throws SHAPE_MISMATCH unless both windows fit the padded image, INVALID_VALUE if an image with such a border and
/// that many channels is too large to index.
inline void require_fit(const Shape& image, const Window& rows, const Window& columns, std::int64_t channels) {
  require_window(rows);
  require_window(columns);
  const auto least = [](const Window& w) {
    return ">= " + std::to_string(std::max<std::int64_t>(w.span() - w.pad_before - w.pad_after, 1));
  };
  Inference::require(rows.fits() && columns.fits(),
                     "[*, " + std::to_string(image[0]) + ", " + least(rows) + ", " + least(columns) + "]",
                     text(image, true), {"window_too_large", ""});
  const auto bordered = [](const Window& w) { return static_cast<double>(w.padded() + w.span()); };
  const double numbers = bordered(rows) * bordered(columns) * static_cast<double>(channels);
  if (numbers > static_cast<double>(largest_image)) {
    throw Error(ErrorCode::invalid_value, "", "<= " + std::to_string(largest_image), text(image, true));
  }
}

}  // namespace trainyard::ops
