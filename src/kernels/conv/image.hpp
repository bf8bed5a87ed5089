// What the three directions of a convolution share: sizes, bordered copies of an image, tables of offsets.
#pragma once
#include <algorithm>
#include <cstring>

#include "kernels/conv/conv.hpp"
#include "kernels/conv/gather.hpp"
#include "kernels/scratch.hpp"

namespace trainyard::kernels {

using gather::Index;
using gather::Offset;

struct ConvSizes {
  Index out_h, out_w, pixels, group_in, group_out, taps, depth;
  explicit ConvSizes(const Conv& c)
      : out_h(c.out_height()),
        out_w(c.out_width()),
        pixels(out_h * out_w),
        group_in(c.in_channels / c.groups),
        group_out(c.out_channels / c.groups),
        taps(Index{c.kernel_h} * c.kernel_w),
        depth(taps * group_in) {}
};

/// One channel in, one channel out of each group.
[[nodiscard]] constexpr bool is_depthwise(const Conv& c) {
  return c.groups > 1 && c.groups == c.in_channels && c.groups == c.out_channels;
}

/// An image [height, width, channels] with zeros around it.
struct Border {
  Index height, width, channels, top, bottom, left, right;

  [[nodiscard]] Index padded_width() const { return width + left + right; }
  [[nodiscard]] Index size() const { return (height + top + bottom) * padded_width() * channels; }
  [[nodiscard]] bool empty() const { return top == 0 && bottom == 0 && left == 0 && right == 0; }
  /// Numbers of scratch that `place` needs.
  [[nodiscard]] Index buffer_size() const { return empty() ? 0 : size(); }
  /// Writes the zeros; they stay when images are placed inside.
  template <class T>
  void clear(T* buffer) const {
    if (!empty()) std::fill_n(buffer, size(), T(0));
  }
  /// The image with its border: a copy in `buffer`, or the image itself if the border is empty.
  template <class T>
  [[nodiscard]] const T* place(const T* image, T* buffer) const {
    if (empty()) return image;
    const Index line = width * channels;
    for (Index y = 0; y < height; ++y) {
      std::memcpy(buffer + ((y + top) * padded_width() + left) * channels, image + y * line,
                  static_cast<std::size_t>(line) * sizeof(T));
    }
    return buffer;
  }
};

[[nodiscard]] inline Border forward_border(const Conv& c) {
  return {c.height, c.width, c.in_channels, c.pad_top, c.pad_bottom, c.pad_left, c.pad_right};
}

/// Where output pixel i and tap k (row, column, channel) read in the bordered image: at pixel[i] + tap[k].
inline void forward_offsets(const Conv& c, const Border& border, Offset* pixel, Offset* tap) {
  const ConvSizes s(c);
  const Index line = border.padded_width() * c.in_channels;
  for (Index y = 0; y < s.out_h; ++y) {
    for (Index x = 0; x < s.out_w; ++x) {
      *pixel++ = static_cast<Offset>(y * c.stride_h * line + x * c.stride_w * c.in_channels);
    }
  }
  for (Index y = 0; y < c.kernel_h; ++y) {
    for (Index x = 0; x < c.kernel_w; ++x) {
      const Index at = y * c.dilation_h * line + x * c.dilation_w * c.in_channels;
      for (Index channel = 0; channel < s.group_in; ++channel) *tap++ = static_cast<Offset>(at + channel);
    }
  }
}

/// offset[i] = i * stride.
inline void even_offsets(Index n, Index stride, Offset* offset) {
  for (Index i = 0; i < n; ++i) offset[i] = static_cast<Offset>(i * stride);
}

/// What a thread keeps for the forward product and for the gradient of the weights: one bordered image, a panel of B,
/// where the pixels and taps read, and where `outs` results go.
template <class T>
struct ConvScratch {
  Border border;
  T *image, *panel;
  Offset *pixel, *tap, *out;
  std::size_t bytes;

  /// Only counts the bytes where `start` is null.
  ConvScratch(const Conv& c, Index outs, std::byte* start) : border(forward_border(c)) {
    const ConvSizes s(c);
    ScratchParts parts(start);
    image = parts.take<T>(border.buffer_size());
    panel = parts.take<T>(gather::panel_size<T>);
    pixel = parts.take<Offset>(s.pixels);
    tap = parts.take<Offset>(s.depth);
    out = parts.take<Offset>(outs);
    bytes = parts.used();
    if (start == nullptr) return;
    forward_offsets(c, border, pixel, tap);
    even_offsets(outs, c.out_channels, out);
    border.clear(image);
  }
};

}  // namespace trainyard::kernels
