// Pooling of images with channels last: vectors run over the channels.
//
// Shapes: x [rows, height, width, channels], y [rows, out_height, out_width, channels]. Semantics are PyTorch's with
// ceil_mode = false; the padding is at most half the kernel. A window whose taps all miss the image, which dilation
// alone can bring about, has -infinity for its largest, as there.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "kernels/reduce.hpp"

namespace trainyard::kernels {

/// Sizes of a pooling: trivially copyable, so that an op can keep it as its attributes.
struct Pool {
  std::int32_t height = 1, width = 1, channels = 1;
  std::int32_t kernel_h = 1, kernel_w = 1;
  std::int32_t stride_h = 1, stride_w = 1;
  std::int32_t pad_h = 0, pad_w = 0;            ///< on either side
  std::int32_t dilation_h = 1, dilation_w = 1;  ///< of max pooling
  bool count_include_pad = true;                ///< of average pooling: divide by the kernel's size at the edges too

  [[nodiscard]] constexpr std::int32_t out_height() const {
    return (height + 2 * pad_h - dilation_h * (kernel_h - 1) - 1) / stride_h + 1;
  }
  [[nodiscard]] constexpr std::int32_t out_width() const {
    return (width + 2 * pad_w - dilation_w * (kernel_w - 1) - 1) / stride_w + 1;
  }
  [[nodiscard]] constexpr std::int64_t in_size() const { return std::int64_t{height} * width * channels; }
  [[nodiscard]] constexpr std::int64_t out_size() const { return std::int64_t{out_height()} * out_width() * channels; }
  /// Whether no pixel is in two windows.
  [[nodiscard]] constexpr bool disjoint() const {
    return stride_h > dilation_h * (kernel_h - 1) && stride_w > dilation_w * (kernel_w - 1);
  }
};

namespace detail {

/// The taps of a window along one axis that lie inside the image: positions start + k * step for k in [0, count).
struct Span {
  std::ptrdiff_t start, count;
  /// Of a kernel that lies inside whatever the position.
  Span(std::ptrdiff_t out, std::ptrdiff_t kernel, std::ptrdiff_t stride) : start(out * stride), count(kernel) {}
  Span(std::ptrdiff_t out, std::ptrdiff_t size, std::ptrdiff_t kernel, std::ptrdiff_t stride, std::ptrdiff_t pad,
       std::ptrdiff_t step) {
    const std::ptrdiff_t origin = out * stride - pad;
    const std::ptrdiff_t first = origin < 0 ? (-origin + step - 1) / step : 0;
    const std::ptrdiff_t last = std::min(kernel, (size - 1 - origin) / step + 1);
    start = origin + first * step;
    count = last - first;
  }
};

/// Calls f(offset of the window's output pixel, its vertical and horizontal span) for the windows of one image.
/// `Kernel` > 0: every window is a whole square of that many taps, so that nothing need be divided.
template <int Kernel = 0, class F>
inline void over_windows(const Pool& p, const F& f) noexcept {
  const std::ptrdiff_t rows = p.out_height();
  const std::ptrdiff_t columns = p.out_width();
  const auto span = [](std::ptrdiff_t at, std::ptrdiff_t size, std::ptrdiff_t kernel, std::ptrdiff_t stride,
                       std::ptrdiff_t pad, std::ptrdiff_t dilation) {
    return Kernel > 0 ? Span(at, Kernel, stride) : Span(at, size, kernel, stride, pad, dilation);
  };
  std::ptrdiff_t out = 0;
  for (std::ptrdiff_t oy = 0; oy < rows; ++oy) {
    const Span y = span(oy, p.height, p.kernel_h, p.stride_h, p.pad_h, p.dilation_h);
    for (std::ptrdiff_t ox = 0; ox < columns; ++ox, out += p.channels) {
      f(out, y, span(ox, p.width, p.kernel_w, p.stride_w, p.pad_w, p.dilation_w));
    }
  }
}

/// Calls f(offset of the pixel) for the pixels of a window, row by row. `Kernel` as above: then the loops unroll.
template <int Kernel, class F>
inline void over_pixels(const Pool& p, const Span& y, const Span& x, const F& f) noexcept {
  const std::ptrdiff_t line = std::ptrdiff_t{p.dilation_h} * p.width * p.channels;
  const std::ptrdiff_t step = std::ptrdiff_t{p.dilation_w} * p.channels;
  const std::ptrdiff_t corner = (y.start * p.width + x.start) * p.channels;
  const std::ptrdiff_t rows = Kernel > 0 ? Kernel : y.count;
  const std::ptrdiff_t columns = Kernel > 0 ? Kernel : x.count;
  for (std::ptrdiff_t ky = 0; ky < rows; ++ky) {
    for (std::ptrdiff_t kx = 0; kx < columns; ++kx) f(corner + ky * line + kx * step);
  }
}

/// Calls f(std::integral_constant<int, Kernel>{}) with the Kernel of p's windows, 0 if they are not whole or not small.
template <class F>
inline void with_kernel(const Pool& p, const F& f) noexcept {
  const bool whole = p.pad_h == 0 && p.pad_w == 0 && p.kernel_h == p.kernel_w;
  if (whole && p.kernel_h == 2) return f(std::integral_constant<int, 2>{});
  if (whole && p.kernel_h == 3) return f(std::integral_constant<int, 3>{});
  f(std::integral_constant<int, 0>{});
}

template <class T>
[[nodiscard]] inline T window_share(const Pool& p, const Span& y, const Span& x) noexcept {
  const std::ptrdiff_t pixels = p.count_include_pad ? std::ptrdiff_t{p.kernel_h} * p.kernel_w : y.count * x.count;
  return T(1) / static_cast<T>(pixels);
}

}  // namespace detail

/// y = largest of each window, for images [row_begin, row_end). A NaN in a window is its largest.
template <class T>
inline void max_pool(const Pool& p, std::int64_t row_begin, std::int64_t row_end, const T* x, T* y) noexcept {
  using V = simd::Vec<T>;
  detail::with_kernel(p, [&](auto kernel) {
    for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
      const T* image = x + row * static_cast<std::ptrdiff_t>(p.in_size());
      T* out = y + row * static_cast<std::ptrdiff_t>(p.out_size());
      detail::over_windows<kernel.value>(p, [&](std::ptrdiff_t at, const detail::Span& ys, const detail::Span& xs) {
        over_columns<T>(0, p.channels, [&](std::ptrdiff_t c, auto load, auto store) {
          V best(-std::numeric_limits<T>::infinity());
          detail::over_pixels<kernel.value>(
              p, ys, xs, [&](std::ptrdiff_t pixel) { best = simd::max_or_nan<T>(best, load(image + pixel + c)); });
          store(out + at + c, best);
        });
      });
    }
  });
}

/// dx (+)= gradient of max_pool: each window's dy goes to its first largest pixel, found again from x and y
/// (where a window holds a NaN, to its first pixel).
/// x, dx [rows, height, width, channels]; y, dy [rows, out_height, out_width, channels].
template <class T>
inline void max_pool_gradient(const Pool& p, std::int64_t row_begin, std::int64_t row_end, const T* x, const T* y,
                              const T* dy, T* dx, bool accumulate = false) noexcept {
  using V = simd::Vec<T>;
  const bool add = accumulate || !p.disjoint();
  // Without overlap each pixel is written once; those that no window covers, and all sums, start from zero.
  const bool covered = p.disjoint() && p.pad_h == 0 && p.pad_w == 0 && p.stride_h == p.kernel_h &&
                       p.stride_w == p.kernel_w && p.height % p.stride_h == 0 && p.width % p.stride_w == 0;
  const auto run = [&](auto kernel, auto sums) {
    for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
      const T* image = x + row * static_cast<std::ptrdiff_t>(p.in_size());
      T* to_image = dx + row * static_cast<std::ptrdiff_t>(p.in_size());
      const std::ptrdiff_t out = row * static_cast<std::ptrdiff_t>(p.out_size());
      if (!accumulate && !covered) std::fill_n(to_image, p.in_size(), T(0));
      detail::over_windows<kernel.value>(p, [&](std::ptrdiff_t at, const detail::Span& ys, const detail::Span& xs) {
        over_columns<T>(0, p.channels, [&](std::ptrdiff_t c, auto load, auto store) {
          const V largest = load(y + out + at + c);
          V left = load(dy + out + at + c);  // what no pixel has taken yet
          detail::over_pixels<kernel.value>(p, ys, xs, [&](std::ptrdiff_t pixel) {
            const auto smaller = load(image + pixel + c) < largest;
            const V share = simd::drop<T>(smaller, left);
            left = simd::keep<T>(smaller, left);
            T* to = to_image + pixel + c;
            if constexpr (sums.value) {
              store(to, load(to) + share);
            } else {
              store(to, share);
            }
          });
        });
      });
    }
  };
  // Compiled for what is common: windows of 2 side by side, of 3 that overlap; one code for all others.
  detail::with_kernel(p, [&](auto kernel) {
    constexpr int apart = kernel.value == 3 ? 0 : kernel.value;
    constexpr int joined = kernel.value == 2 ? 0 : kernel.value;
    add ? run(std::integral_constant<int, joined>{}, std::true_type{})
        : run(std::integral_constant<int, apart>{}, std::false_type{});
  });
}

/// y = mean of each window, for images [row_begin, row_end); zeros of the padding count if count_include_pad.
template <class T>
inline void average_pool(const Pool& p, std::int64_t row_begin, std::int64_t row_end, const T* x, T* y) noexcept {
  using V = simd::Vec<T>;
  for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
    const T* image = x + row * static_cast<std::ptrdiff_t>(p.in_size());
    T* out = y + row * static_cast<std::ptrdiff_t>(p.out_size());
    detail::over_windows(p, [&](std::ptrdiff_t at, const detail::Span& ys, const detail::Span& xs) {
      const V share(detail::window_share<T>(p, ys, xs));
      over_columns<T>(0, p.channels, [&](std::ptrdiff_t c, auto load, auto store) {
        V sum(T(0));
        detail::over_pixels<0>(p, ys, xs, [&](std::ptrdiff_t pixel) { sum += load(image + pixel + c); });
        store(out + at + c, sum * share);
      });
    });
  }
}

/// dx (+)= gradient of average_pool. dx [rows, height, width, channels], dy [rows, out_height, out_width, channels].
template <class T>
inline void average_pool_gradient(const Pool& p, std::int64_t row_begin, std::int64_t row_end, const T* dy, T* dx,
                                  bool accumulate = false) noexcept {
  using V = simd::Vec<T>;
  for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
    T* image = dx + row * static_cast<std::ptrdiff_t>(p.in_size());
    const T* out = dy + row * static_cast<std::ptrdiff_t>(p.out_size());
    if (!accumulate) std::fill_n(image, p.in_size(), T(0));
    detail::over_windows(p, [&](std::ptrdiff_t at, const detail::Span& ys, const detail::Span& xs) {
      const V share(detail::window_share<T>(p, ys, xs));
      over_columns<T>(0, p.channels, [&](std::ptrdiff_t c, auto load, auto store) {
        const V part = load(out + at + c) * share;
        detail::over_pixels<0>(p, ys, xs, [&](std::ptrdiff_t pixel) {
          T* to = image + pixel + c;
          store(to, load(to) + part);
        });
      });
    });
  }
}

/// y[row, c] = mean over positions of x[row, position, c], for rows [row_begin, row_end).
template <class T>
inline void global_average_pool(std::int64_t row_begin, std::int64_t row_end, std::int64_t positions,
                                std::int64_t channels, const T* x, T* y) noexcept {
  using V = simd::Vec<T>;
  const T share = T(1) / static_cast<T>(positions);
  for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
    T* out = y + row * static_cast<std::ptrdiff_t>(channels);
    column_sum<T>(positions, 0, channels, x + row * static_cast<std::ptrdiff_t>(positions * channels), channels, out);
    simd::map<T>(channels, out, [share](const V& v) { return v * V(share); }, out);
  }
}

/// dx[row, position, c] (+)= dy[row, c] / positions, for rows [row_begin, row_end).
template <class T>
inline void global_average_pool_gradient(std::int64_t row_begin, std::int64_t row_end, std::int64_t positions,
                                         std::int64_t channels, const T* dy, T* dx, bool accumulate = false) noexcept {
  using V = simd::Vec<T>;
  const T share = T(1) / static_cast<T>(positions);
  for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
    const T* from = dy + row * static_cast<std::ptrdiff_t>(channels);
    T* to = dx + row * static_cast<std::ptrdiff_t>(positions * channels);
    for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(positions); ++i, to += channels) {
      if (accumulate) {
        simd::map<T>(channels, to, [share](const V& sum, const V& v) { return sum + v * V(share); }, to, from);
      } else {
        simd::map<T>(channels, to, [share](const V& v) { return v * V(share); }, from);
      }
    }
  }
}

}  // namespace trainyard::kernels
