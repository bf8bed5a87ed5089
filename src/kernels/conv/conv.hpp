// Two-dimensional convolution (cross-correlation, as in PyTorch's conv2d) on images with channels last, and its
// gradients. All three are products whose left matrix is never written down: its element (i, k) is read from the image
// at offset[i] + offset[k] ("implicit gemm").
//
// Shapes: x [rows, height, width, in_channels], w [kernel_h, kernel_w, in_channels / groups, out_channels],
// y [rows, out_height, out_width, out_channels]. Group g reads the g-th block of input channels and writes the g-th
// block of output channels, which is the g-th block of w's last axis.
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/epilogue.hpp"

namespace trainyard::kernels {

/// Sizes of a convolution: trivially copyable, so that an op can keep it as its attributes.
struct Conv {
  std::int32_t height = 1, width = 1, in_channels = 1, out_channels = 1;
  std::int32_t kernel_h = 1, kernel_w = 1;
  std::int32_t stride_h = 1, stride_w = 1;
  std::int32_t pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0;  ///< zeros around the image
  std::int32_t dilation_h = 1, dilation_w = 1;
  std::int32_t groups = 1;

  [[nodiscard]] constexpr std::int32_t out_height() const {
    return (height + pad_top + pad_bottom - dilation_h * (kernel_h - 1) - 1) / stride_h + 1;
  }
  [[nodiscard]] constexpr std::int32_t out_width() const {
    return (width + pad_left + pad_right - dilation_w * (kernel_w - 1) - 1) / stride_w + 1;
  }
  [[nodiscard]] constexpr std::int64_t in_size() const { return std::int64_t{height} * width * in_channels; }
  [[nodiscard]] constexpr std::int64_t out_size() const {
    return std::int64_t{out_height()} * out_width() * out_channels;
  }
  [[nodiscard]] constexpr std::int64_t weight_size() const {
    return std::int64_t{kernel_h} * kernel_w * (in_channels / groups) * out_channels;
  }
};

/// Bytes of scratch that each thread needs for any number of rows; 64-byte aligned, contents irrelevant.
template <class T>
[[nodiscard]] std::size_t conv_forward_scratch_bytes(const Conv& conv) noexcept;
template <class T>
[[nodiscard]] std::size_t conv_input_gradient_scratch_bytes(const Conv& conv) noexcept;
template <class T>
[[nodiscard]] std::size_t conv_weight_gradient_scratch_bytes(const Conv& conv) noexcept;

/// y = epilogue(conv(x, w)) for images [row_begin, row_end). The epilogue's operands are whole tensors: bias
/// [out_channels], `x` and `y` like y.
template <class T>
void conv_forward(const Conv& conv, std::int64_t row_begin, std::int64_t row_end, const T* x, const T* w, T* y,
                  const Epilogue<T>& epilogue, std::byte* scratch) noexcept;

/// dx = epilogue((accumulate ? dx : 0) + gradient of x) for images [row_begin, row_end). dy is like y; the epilogue's
/// `y` is like x (the output of the activation that made x).
template <class T>
void conv_input_gradient(const Conv& conv, std::int64_t row_begin, std::int64_t row_end, const T* dy, const T* w, T* dx,
                         bool accumulate, const Epilogue<T>& epilogue, std::byte* scratch) noexcept;

/// The sum over images [row_begin, row_end), in order, of the gradients of w and (unless null) of the bias
/// [out_channels]; both are overwritten. A whole gradient is the sum of such pieces: cut the rows where the shape alone
/// says so, and add the pieces in order (`sum_partials`).
template <class T>
void conv_weight_gradient(const Conv& conv, std::int64_t row_begin, std::int64_t row_end, const T* x, const T* dy,
                          T* dw, T* dbias, std::byte* scratch) noexcept;

}  // namespace trainyard::kernels
