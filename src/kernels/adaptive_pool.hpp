// Average pooling to an output size, channels last: window i of n over a side of s pixels is [floor(i s / n),
// ceil((i + 1) s / n)), as PyTorch's AdaptiveAvgPool2d has it, so windows may overlap and differ in size.
//
// Shapes: x [rows, height, width, channels], y [rows, out_height, out_width, channels].
#pragma once
#include <algorithm>
#include <cstdint>

#include "kernels/reduce.hpp"

namespace trainyard::kernels {

struct AdaptivePool {
  std::int32_t height = 1, width = 1, channels = 1;
  std::int32_t out_height = 1, out_width = 1;

  [[nodiscard]] constexpr std::int64_t in_size() const { return std::int64_t{height} * width * channels; }
  [[nodiscard]] constexpr std::int64_t out_size() const { return std::int64_t{out_height} * out_width * channels; }
};

namespace detail {

struct Stretch {
  std::ptrdiff_t begin, end;
  Stretch(std::int64_t i, std::int64_t size, std::int64_t windows)
      : begin(static_cast<std::ptrdiff_t>(i * size / windows)),
        end(static_cast<std::ptrdiff_t>(((i + 1) * size + windows - 1) / windows)) {}
};

/// Calls f(offset of the window's output pixel, 1 / its pixels, for_each) for the windows of one image, where
/// for_each(g) calls g(offset of the pixel) for the pixels of the window, row by row.
template <class T, class F>
inline void over_adaptive_windows(const AdaptivePool& p, const F& f) noexcept {
  const std::ptrdiff_t channels = p.channels;
  std::ptrdiff_t out = 0;
  for (std::int32_t oy = 0; oy < p.out_height; ++oy) {
    const Stretch ys(oy, p.height, p.out_height);
    for (std::int32_t ox = 0; ox < p.out_width; ++ox, out += channels) {
      const Stretch xs(ox, p.width, p.out_width);
      const T share = T(1) / static_cast<T>((ys.end - ys.begin) * (xs.end - xs.begin));
      f(out, share, [&](auto g) {
        for (std::ptrdiff_t y = ys.begin; y < ys.end; ++y) {
          for (std::ptrdiff_t x = xs.begin; x < xs.end; ++x) g((y * p.width + x) * channels);
        }
      });
    }
  }
}

}  // namespace detail

/// y = mean of each window, for images [row_begin, row_end).
template <class T>
inline void adaptive_average_pool(const AdaptivePool& p, std::int64_t row_begin, std::int64_t row_end, const T* x,
                                  T* y) noexcept {
  using V = simd::Vec<T>;
  for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
    const T* image = x + row * static_cast<std::ptrdiff_t>(p.in_size());
    T* out = y + row * static_cast<std::ptrdiff_t>(p.out_size());
    detail::over_adaptive_windows<T>(p, [&](std::ptrdiff_t at, T share, auto pixels) {
      over_columns<T>(0, p.channels, [&](std::ptrdiff_t c, auto load, auto store) {
        V sum(T(0));
        pixels([&](std::ptrdiff_t pixel) { sum += load(image + pixel + c); });
        store(out + at + c, sum * V(share));
      });
    });
  }
}

/// dx = gradient of adaptive_average_pool. dx [rows, height, width, channels], dy [rows, out_height, out_width,
/// channels].
template <class T>
inline void adaptive_average_pool_gradient(const AdaptivePool& p, std::int64_t row_begin, std::int64_t row_end,
                                           const T* dy, T* dx) noexcept {
  using V = simd::Vec<T>;
  for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
    T* image = dx + row * static_cast<std::ptrdiff_t>(p.in_size());
    const T* out = dy + row * static_cast<std::ptrdiff_t>(p.out_size());
    std::fill_n(image, p.in_size(), T(0));
    detail::over_adaptive_windows<T>(p, [&](std::ptrdiff_t at, T share, auto pixels) {
      over_columns<T>(0, p.channels, [&](std::ptrdiff_t c, auto load, auto store) {
        const V part = load(out + at + c) * V(share);
        pixels([&](std::ptrdiff_t pixel) {
          T* to = image + pixel + c;
          store(to, load(to) + part);
        });
      });
    });
  }
}

}  // namespace trainyard::kernels
