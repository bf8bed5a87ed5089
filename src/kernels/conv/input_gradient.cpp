// The gradient of the images. Input pixel u = position + padding is read by tap t where u - t is a multiple of the
// stride: so pixels and taps fall into classes of equal remainder ("phases"), and inside a class the gradient is a
// convolution of stride 1 over dy with the taps mirrored. With stride 1 there is one class.
#include "kernels/conv/depthwise.hpp"
#include "kernels/conv/image.hpp"
#include "kernels/scratch.hpp"

namespace trainyard::kernels {

namespace {

/// Input positions `first`, first + stride, … of one remainder; the k-th reads dy at base + k - tap / stride.
struct Phase {
  Index first, count, base;
  Phase(Index remainder, Index size, Index stride, Index pad)
      : first((remainder - pad % stride + stride) % stride),
        count(first < size ? (size - first + stride - 1) / stride : 0),
        base((first + pad) / stride) {}
};

/// dy with zeros wherever a tap of some input pixel reads beside it.
Border gradient_border(const Conv& c) {
  const Index above = (c.kernel_h - 1) * Index{c.dilation_h} / c.stride_h - c.pad_top / c.stride_h;
  const Index left = (c.kernel_w - 1) * Index{c.dilation_w} / c.stride_w - c.pad_left / c.stride_w;
  const Index below = (Index{c.height} - 1 + c.pad_top) / c.stride_h - (c.out_height() - 1);
  const Index right = (Index{c.width} - 1 + c.pad_left) / c.stride_w - (c.out_width() - 1);
  return {c.out_height(),
          c.out_width(),
          c.out_channels,
          std::max<Index>(above, 0),
          std::max<Index>(below, 0),
          std::max<Index>(left, 0),
          std::max<Index>(right, 0)};
}

template <class T>
struct InputGradientScratch {
  T *image, *panel, *weights;
  Offset *pixel, *tap, *out;
  std::size_t bytes;
  InputGradientScratch(const Conv& c, std::byte* start) {
    const ConvSizes s(c);
    ScratchParts parts(start);
    image = parts.take<T>(gradient_border(c).buffer_size());
    panel = parts.take<T>(gather::panel_size<T>);
    weights = parts.take<T>(static_cast<Index>(c.weight_size()));
    pixel = parts.take<Offset>(Index{c.height} * c.width);
    tap = parts.take<Offset>(s.taps * s.group_out);
    out = parts.take<Offset>(Index{c.height} * c.width);
    bytes = parts.used();
  }
};

/// Calls f(row of the tap, column of the tap) for the taps of a phase.
template <class F>
void over_taps(const Conv& c, Index remainder_y, Index remainder_x, const F& f) {
  for (Index y = 0; y < c.kernel_h; ++y) {
    if (y * c.dilation_h % c.stride_h != remainder_y) continue;
    for (Index x = 0; x < c.kernel_w; ++x) {
      if (x * c.dilation_w % c.stride_w == remainder_x) f(y, x);
    }
  }
}

/// What one phase reads and writes, as tables in scratch.
template <class T>
struct PhasePlan {
  Index pixels = 0, taps = 0;
  const Offset *pixel, *tap, *out;
  const T* weights;  ///< [groups, taps * group_out, group_in]; depthwise: [taps, channels]
};

template <class T>
PhasePlan<T> plan_phase(const Conv& c, const Border& border, Index remainder_y, Index remainder_x, const T* w,
                        Offset* pixel, Offset* tap, Offset* out, T* weights) {
  const ConvSizes s(c);
  PhasePlan<T> plan{0, 0, pixel, tap, out, weights};
  const Phase py(remainder_y, c.height, c.stride_h, c.pad_top);
  const Phase px(remainder_x, c.width, c.stride_w, c.pad_left);
  const Index line = border.padded_width() * c.out_channels;
  plan.pixels = py.count * px.count;
  for (Index i = 0; i < py.count; ++i) {
    const Index from_y = (py.base + i + border.top) * line;
    const Index to_y = (py.first + i * c.stride_h) * c.width;
    for (Index j = 0; j < px.count; ++j) {
      *pixel++ = static_cast<Offset>(from_y + (px.base + j + border.left) * c.out_channels);
      *out++ = static_cast<Offset>((to_y + px.first + j * c.stride_w) * c.in_channels);
    }
  }
  over_taps(c, remainder_y, remainder_x, [&](Index y, Index x) {
    const Index at = -(y * c.dilation_h / c.stride_h) * line - x * c.dilation_w / c.stride_w * c.out_channels;
    for (Index o = 0; o < s.group_out; ++o) *tap++ = static_cast<Offset>(at + o);
    ++plan.taps;
  });
  const auto weights_of = [&](Index y, Index x) { return w + (y * c.kernel_w + x) * s.group_in * c.out_channels; };
  if (is_depthwise(c)) {
    over_taps(c, remainder_y, remainder_x,
              [&](Index y, Index x) { weights = std::copy_n(weights_of(y, x), c.out_channels, weights); });
    return plan;
  }
  for (Index g = 0; g < c.groups; ++g) {
    over_taps(c, remainder_y, remainder_x, [&](Index y, Index x) {
      const T* from = weights_of(y, x) + g * s.group_out;
      for (Index o = 0; o < s.group_out; ++o) {
        for (Index i = 0; i < s.group_in; ++i) *weights++ = from[i * c.out_channels + o];
      }
    });
  }
  return plan;
}

template <class T>
void run_phase(const Conv& c, const PhasePlan<T>& plan, const T* image, T* dx, bool accumulate, T* panel) {
  const ConvSizes s(c);
  const Index depth = plan.taps * s.group_out;
  for (Index first = 0; first < plan.pixels; first += gather::row_chunk) {
    const Index count = std::min(gather::row_chunk, plan.pixels - first);
    const Offset* pixel = plan.pixel + first;
    const Offset* at = plan.out + first;
    if (is_depthwise(c)) {
      depthwise::pixels<T>(count, plan.taps, c.in_channels, image, pixel, plan.tap, plan.weights, dx, at, accumulate);
      continue;
    }
    for (Index g = 0; g < c.groups; ++g) {
      gather::run<T>({count, s.group_in, depth, image + g * s.group_out, pixel, plan.tap,
                      plan.weights + g * depth * s.group_in, s.group_in, dx + g * s.group_in, at, accumulate},
                     panel);
    }
  }
}

}  // namespace

template <class T>
std::size_t conv_input_gradient_scratch_bytes(const Conv& c) noexcept {
  return InputGradientScratch<T>(c, nullptr).bytes;
}

template <class T>
void conv_input_gradient(const Conv& c, std::int64_t row_begin, std::int64_t row_end, const T* dy, const T* w, T* dx,
                         bool accumulate, const Epilogue<T>& epilogue, std::byte* scratch) noexcept {
  const ConvSizes s(c);
  const InputGradientScratch<T> memory(c, scratch);
  const Border border = gradient_border(c);
  border.clear(memory.image);
  // The tables of the phases lie one behind the other in scratch.
  constexpr Index most_phases = 16;
  const Index phases = Index{c.stride_h} * c.stride_w;
  for (Index from = 0; from < phases; from += most_phases) {
    PhasePlan<T> plans[most_phases];
    const Index count = std::min(most_phases, phases - from);
    Offset* pixel = memory.pixel;
    Offset* tap = memory.tap;
    Offset* out = memory.out;
    T* weights = memory.weights;
    for (Index i = 0; i < count; ++i) {
      PhasePlan<T>& plan = plans[i];
      plan = plan_phase(c, border, (from + i) / c.stride_w, (from + i) % c.stride_w, w, pixel, tap, out, weights);
      pixel += plan.pixels;
      out += plan.pixels;
      tap += plan.taps * s.group_out;
      weights += plan.taps * s.group_out * s.group_in * c.groups;
    }
    for (auto row = static_cast<Index>(row_begin); row < static_cast<Index>(row_end); ++row) {
      const T* image = border.place(dy + row * static_cast<Index>(c.out_size()), memory.image);
      T* to = dx + row * static_cast<Index>(c.in_size());
      for (Index i = 0; i < count; ++i) run_phase(c, plans[i], image, to, accumulate, memory.panel);
      if (from + count == phases && !epilogue.empty()) {
        apply(epilogue.moved(to - dx), to, c.in_channels, Index{c.height} * c.width, c.in_channels);
      }
    }
  }
}

template std::size_t conv_input_gradient_scratch_bytes<float>(const Conv&) noexcept;
template void conv_input_gradient<float>(const Conv&, std::int64_t, std::int64_t, const float*, const float*, float*,
                                         bool, const Epilogue<float>&, std::byte*) noexcept;
#ifndef __EMSCRIPTEN__
template std::size_t conv_input_gradient_scratch_bytes<double>(const Conv&) noexcept;
template void conv_input_gradient<double>(const Conv&, std::int64_t, std::int64_t, const double*, const double*,
                                          double*, bool, const Epilogue<double>&, std::byte*) noexcept;
#endif

}  // namespace trainyard::kernels
