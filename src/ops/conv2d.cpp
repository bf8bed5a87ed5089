// y = act(x * w + b), the cross-correlation that PyTorch calls convolution. x: [*, in, height, width], channels last in
// memory; w: [kh, kw, in / groups, out] (PyTorch's weight with its axes turned); b: [out]; y: [*, out, height',
// width']. The activation is `none` until the epilogue pass merges one in.
#include "ops/conv2d.hpp"

#include <algorithm>

#include "kernels/reduce.hpp"
#include "kernels/scratch.hpp"
#include "ops/activation.hpp"
#include "ops/all.hpp"
#include "ops/image.hpp"
#include "ops/sum_rows.hpp"

namespace trainyard::ops {
namespace {
namespace conv2d_op {

using kernels::Conv;
using kernels::Epilogue;

const Conv& conv_of(const Call& c) { return c.attributes_as<Conv2dAttributes>().conv; }

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  const Shape& w = i.in(1).shape;
  require_image(x);
  Conv& conv = i.attributes<Conv2dAttributes>().conv;
  require_range("groups", conv.groups, 1);
  Inference::require(x.shape[0] == w[2] * conv.groups, "[*, " + std::to_string(w[2] * conv.groups) + ", height, width]",
                     text(x.shape, true));
  if (w[3] % conv.groups != 0) {
    throw Error(ErrorCode::invalid_value, "", "% " + std::to_string(conv.groups) + " == 0", std::to_string(w[3]));
  }
  require_fit(x.shape, {x.shape[1], w[0], conv.stride_h, conv.pad_top, conv.pad_bottom, conv.dilation_h},
              {x.shape[2], w[1], conv.stride_w, conv.pad_left, conv.pad_right, conv.dilation_w},
              std::max(x.shape[0], w[3]));
  conv.in_channels = static_cast<std::int32_t>(x.shape[0]);
  conv.height = static_cast<std::int32_t>(x.shape[1]);
  conv.width = static_cast<std::int32_t>(x.shape[2]);
  conv.kernel_h = static_cast<std::int32_t>(w[0]);
  conv.kernel_w = static_cast<std::int32_t>(w[1]);
  conv.out_channels = static_cast<std::int32_t>(w[3]);
  require_range("numbers", conv.out_size(), 1, largest_image);
  i.out(image_type(conv.out_channels, conv.out_height(), conv.out_width()));
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<Conv2dAttributes>();
  const Epilogue<T> epilogue{
      .bias = c.input<T>(2), .activation = a.activation.activation, .slope = static_cast<T>(a.activation.slope)};
  kernels::conv_forward(a.conv, begin, end, c.input<T>(0), c.input<T>(1), c.output<T>(0), epilogue, c.thread_scratch);
}

/// Multiplications and additions of one row: the same in all three directions.
double row_flops(const Conv& conv) {
  return 2 * static_cast<double>(conv.out_height()) * conv.out_width() * static_cast<double>(conv.weight_size());
}

Work work_rows(const CallTypes& t) {
  const Conv& conv = t.attributes->as<Conv2dAttributes>().conv;
  return {.units = t.rows, .grain = 1, .rows = true, .flops = static_cast<double>(t.rows) * row_flops(conv)};
}

double multiply_adds(const CallTypes& t) { return work_rows(t).flops / 2; }

Scratch scratch(const CallTypes& t) {
  const Conv& conv = t.attributes->as<Conv2dAttributes>().conv;
  return {.per_thread = in_precision(
              t.precision, [&](auto number) { return kernels::conv_forward_scratch_bytes<decltype(number)>(conv); })};
}

void gradient(Gradient& g) {
  auto a = g.attributes().as<Conv2dAttributes>();
  a.activation = {};
  const ValueId dz = g.d();
  if (g.wanted(0)) g.set(0, g.add(conv2d_dx, {dz, g.in(1)}, Attributes(a)));
  if (g.wanted(1)) {
    a.bias = g.wanted(2);
    const ValueId dw = g.add(conv2d_dw, {g.in(0), dz}, Attributes(a));
    g.set(1, dw);
    if (a.bias) g.set(2, g.graph().output(dw, 1));
  } else if (g.wanted(2)) {
    g.set(2, sum_to(g, dz, g.graph().type(g.in(2)).shape));
  }
}

// dx = (the gradient of x) * f': inputs dz like y, w, and, like x, what activation_grad has where the epilogue pass
// merged the derivative of the activation before this layer.
void infer_dx(Inference& i) {
  const Conv& conv = i.attributes<Conv2dAttributes>().conv;
  i.out(image_type(conv.in_channels, conv.height, conv.width));
}

template <class T, bool Accumulate>
void run_dx(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<Conv2dAttributes>();
  Epilogue<T> epilogue{.slope = static_cast<T>(a.activation.slope)};
  if (!Accumulate && c.has(2)) {
    epilogue.derivative_of = a.activation.activation;
    epilogue.y = c.input<T>(2);
    epilogue.x = c.input<T>(3);
  }
  kernels::conv_input_gradient(a.conv, begin, end, c.input<T>(0), c.input<T>(1), c.output<T>(0), Accumulate, epilogue,
                               c.thread_scratch);
}

Scratch scratch_dx(const CallTypes& t) {
  const Conv& conv = t.attributes->as<Conv2dAttributes>().conv;
  return {.per_thread = in_precision(t.precision, [&](auto number) {
            return kernels::conv_input_gradient_scratch_bytes<decltype(number)>(conv);
          })};
}

// dw (and the bias's gradient): few outputs, many rows, so the rows are cut into blocks whose partial sums are added in
// order. Inputs x, dz.
void infer_dw(Inference& i) {
  const auto& a = i.attributes<Conv2dAttributes>();
  i.out({.shape = {a.conv.kernel_h, a.conv.kernel_w, a.conv.in_channels / a.conv.groups, a.conv.out_channels},
         .batched = false});
  if (a.bias) i.out({.shape = {a.conv.out_channels}, .batched = false});
}

/// Row blocks: up to 8, fewer where their partial sums would take more than 32 MiB; never more than rows.
std::int64_t row_blocks(const Conv& conv, std::int64_t rows) {
  return std::min(rows, std::clamp<std::int64_t>((std::int64_t{1} << 23) / conv.weight_size(), 2, 8));
}

template <class T>
struct Partials {
  T *dw, *db;
  std::size_t bytes;
  Partials(const Conv& conv, std::int64_t blocks, std::byte* start) {
    kernels::ScratchParts parts(start);
    dw = parts.take<T>(static_cast<std::ptrdiff_t>(blocks * conv.weight_size()));
    db = parts.take<T>(static_cast<std::ptrdiff_t>(blocks * conv.out_channels));
    bytes = parts.used();
  }
};

template <class T>
void run_dw(const Call& c, std::int64_t begin, std::int64_t end) {
  const Conv& conv = conv_of(c);
  const bool bias = c.attributes_as<Conv2dAttributes>().bias;
  const std::int64_t blocks = row_blocks(conv, c.rows);
  const Partials<T> partials(conv, blocks, c.scratch);
  for (std::int64_t b = begin; b < end; ++b) {
    kernels::conv_weight_gradient(conv, c.rows * b / blocks, c.rows * (b + 1) / blocks, c.input<T>(0), c.input<T>(1),
                                  partials.dw + b * conv.weight_size(),
                                  bias ? partials.db + b * conv.out_channels : nullptr, c.thread_scratch);
  }
}

template <class T, bool Accumulate>
void finish_dw(const Call& c, std::int64_t /*begin*/, std::int64_t /*end*/) {
  const Conv& conv = conv_of(c);
  const std::int64_t blocks = row_blocks(conv, c.rows);
  const Partials<T> partials(conv, blocks, c.scratch);
  kernels::sum_partials(blocks, conv.weight_size(), partials.dw, c.output<T>(0), Accumulate);
  if (c.attributes_as<Conv2dAttributes>().bias) {
    kernels::sum_partials(blocks, std::int64_t{conv.out_channels}, partials.db, c.output<T>(1));
  }
}

Work work_dw(const CallTypes& t) {
  const Conv& conv = t.attributes->as<Conv2dAttributes>().conv;
  return {.units = row_blocks(conv, t.rows), .grain = 1, .flops = static_cast<double>(t.rows) * row_flops(conv)};
}

Scratch scratch_dw(const CallTypes& t) {
  const Conv& conv = t.attributes->as<Conv2dAttributes>().conv;
  Scratch need;
  in_precision(t.precision, [&](auto number) {
    using T = decltype(number);
    need = {.shared = Partials<T>(conv, row_blocks(conv, t.rows), nullptr).bytes,
            .per_thread = kernels::conv_weight_gradient_scratch_bytes<T>(conv)};
    return std::size_t{0};
  });
  return need;
}

void print(const Attributes& attributes, TextSink& sink) {
  const Conv& c = attributes.as<Conv2dAttributes>().conv;
  const auto pair = [&](std::string_view key, std::int32_t h, std::int32_t w, std::int32_t usual) {
    if (h == usual && w == usual) return;
    sink.put(key, h == w ? std::to_string(h) : std::to_string(h) + "x" + std::to_string(w));
  };
  pair("stride", c.stride_h, c.stride_w, 1);
  pair("padding", c.pad_top, c.pad_left, 0);
  pair("dilation", c.dilation_h, c.dilation_w, 1);
  if (c.groups != 1) sink.put("groups", c.groups);
  print_activation(attributes, sink);
}

}  // namespace conv2d_op
}  // namespace

const Op conv2d{.name = "conv2d",
                .infer = conv2d_op::infer,
                .run = TRAINYARD_KERNELS(conv2d_op::run),
                .work = conv2d_op::work_rows,
                .multiply_adds = conv2d_op::multiply_adds,
                .scratch = conv2d_op::scratch,
                .gradient = conv2d_op::gradient,
                .fusion = Fusion::takes_activation,
                .onnx = "Conv",
                .print_attributes = conv2d_op::print};
const Op conv2d_dx_accumulate{.name = "conv2d_dx_accumulate",
                              .infer = conv2d_op::infer_dx,
                              .run = TRAINYARD_KERNELS(conv2d_op::run_dx, true),
                              .work = conv2d_op::work_rows,
                              .scratch = conv2d_op::scratch_dx,
                              .accumulates = 2,
                              .print_attributes = conv2d_op::print};
const Op conv2d_dx{.name = "conv2d_dx",
                   .infer = conv2d_op::infer_dx,
                   .run = TRAINYARD_KERNELS(conv2d_op::run_dx, false),
                   .work = conv2d_op::work_rows,
                   .scratch = conv2d_op::scratch_dx,
                   .accumulating = &conv2d_dx_accumulate,
                   .fusion = Fusion::takes_derivative,
                   .print_attributes = conv2d_op::print};
const Op conv2d_dw_accumulate{.name = "conv2d_dw_accumulate",
                              .infer = conv2d_op::infer_dw,
                              .run = TRAINYARD_KERNELS(conv2d_op::run_dw),
                              .work = conv2d_op::work_dw,
                              .finish = TRAINYARD_KERNELS(conv2d_op::finish_dw, true),
                              .scratch = conv2d_op::scratch_dw,
                              .accumulates = 2,
                              .print_attributes = conv2d_op::print};
const Op conv2d_dw{.name = "conv2d_dw",
                   .infer = conv2d_op::infer_dw,
                   .run = TRAINYARD_KERNELS(conv2d_op::run_dw),
                   .work = conv2d_op::work_dw,
                   .finish = TRAINYARD_KERNELS(conv2d_op::finish_dw, false),
                   .scratch = conv2d_op::scratch_dw,
                   .accumulating = &conv2d_dw_accumulate,
                   .print_attributes = conv2d_op::print};

}  // namespace trainyard::ops
