// What the sliding pools share. Padding is at most half the kernel, as in PyTorch, so every window holds a pixel.
#pragma once
#include "kernels/pool.hpp"
#include "ops/image.hpp"

namespace trainyard::ops {

struct Pool2dAttributes {
  /// Kernel, stride, padding, dilation (max pooling) and count_include_pad (average pooling) are given; the shape rule
  /// checks them and fills in the sizes.
  kernels::Pool pool;
};

inline void infer_pool(Inference& i) {
  const ValueType& x = i.in(0);
  require_image(x);
  kernels::Pool& p = i.attributes<Pool2dAttributes>().pool;
  const Window rows{x.shape[1], p.kernel_h, p.stride_h, p.pad_h, p.pad_h, p.dilation_h};
  const Window columns{x.shape[2], p.kernel_w, p.stride_w, p.pad_w, p.pad_w, p.dilation_w};
  require_fit(x.shape, rows, columns, x.shape[0]);
  require_range("padding", p.pad_h, 0, p.kernel_h / 2);
  require_range("padding", p.pad_w, 0, p.kernel_w / 2);
  p.channels = static_cast<std::int32_t>(x.shape[0]);
  p.height = static_cast<std::int32_t>(x.shape[1]);
  p.width = static_cast<std::int32_t>(x.shape[2]);
  i.out(image_type(p.channels, p.out_height(), p.out_width()));
}

/// Forward and backward read every window once.
[[nodiscard]] inline Work pool_work(const CallTypes& t) {
  const kernels::Pool& p = t.attributes->as<Pool2dAttributes>().pool;
  return {.units = t.rows,
          .grain = 1,
          .rows = true,
          .flops = static_cast<double>(t.rows) * static_cast<double>(p.out_size()) * p.kernel_h * p.kernel_w};
}

inline void infer_pool_grad(Inference& i) {
  const kernels::Pool& p = i.attributes<Pool2dAttributes>().pool;
  i.out(image_type(p.channels, p.height, p.width));
}

inline void print_pool(const Attributes& attributes, TextSink& sink) {
  const kernels::Pool& p = attributes.as<Pool2dAttributes>().pool;
  const auto pair = [&](std::string_view key, std::int32_t h, std::int32_t w) {
    sink.put(key, h == w ? std::to_string(h) : std::to_string(h) + "x" + std::to_string(w));
  };
  pair("kernel", p.kernel_h, p.kernel_w);
  pair("stride", p.stride_h, p.stride_w);
  if (p.pad_h != 0 || p.pad_w != 0) pair("padding", p.pad_h, p.pad_w);
  if (p.dilation_h != 1 || p.dilation_w != 1) pair("dilation", p.dilation_h, p.dilation_w);
}

/// Global pools: [*, channels, height, width], channels last -> [*, channels].
inline void infer_global_pool(Inference& i) {
  require_image(i.in(0));
  i.out({.shape = {i.in(0).shape[0]}});
}

[[nodiscard]] inline Work global_pool_work(const CallTypes& t) {
  return {.units = t.rows, .grain = 1, .rows = true, .flops = static_cast<double>(t.in[0]->elements(t.rows))};
}

[[nodiscard]] inline std::int64_t positions(const Shape& image) { return image[1] * image[2]; }

}  // namespace trainyard::ops
