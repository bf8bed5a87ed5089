// The gradient of the weights: dw[tap, o] = sum over pixels of x[pixel + tap] dy[pixel, o]. Pixels and taps of the
// forward product change places.
#include "kernels/conv/depthwise.hpp"
#include "kernels/conv/image.hpp"
#include "kernels/reduce.hpp"

namespace trainyard::kernels {

template <class T>
std::size_t conv_weight_gradient_scratch_bytes(const Conv& c) noexcept {
  return ConvScratch<T>(c, ConvSizes(c).depth, nullptr).bytes;
}

template <class T>
void conv_weight_gradient(const Conv& c, std::int64_t row_begin, std::int64_t row_end, const T* x, const T* dy, T* dw,
                          T* dbias, std::byte* scratch) noexcept {
  const ConvSizes s(c);
  const auto begin = static_cast<Index>(row_begin);
  const auto end = static_cast<Index>(row_end);
  if (begin >= end) {
    std::fill_n(dw, c.weight_size(), T(0));
    if (dbias != nullptr) std::fill_n(dbias, c.out_channels, T(0));
    return;
  }
  const ConvScratch<T> memory(c, s.depth, scratch);
  for (Index row = begin; row < end; ++row) {
    const T* image = memory.border.place(x + row * static_cast<Index>(c.in_size()), memory.image);
    const T* gradient = dy + row * static_cast<Index>(c.out_size());
    const bool add = row > begin;
    if (is_depthwise(c)) {
      depthwise::weight_gradient<T>(s.pixels, s.taps, c.out_channels, image, memory.pixel, memory.tap, gradient, dw,
                                    add);
    } else {
      for (Index g = 0; g < c.groups; ++g) {
        gather::run<T>({s.depth, s.group_out, s.pixels, image + g * s.group_in, memory.tap, memory.pixel,
                        gradient + g * s.group_out, c.out_channels, dw + g * s.group_out, memory.out, add},
                       memory.panel);
      }
    }
    if (dbias != nullptr) column_sum<T>(s.pixels, 0, c.out_channels, gradient, c.out_channels, dbias, add);
  }
}

template std::size_t conv_weight_gradient_scratch_bytes<float>(const Conv&) noexcept;
template void conv_weight_gradient<float>(const Conv&, std::int64_t, std::int64_t, const float*, const float*, float*,
                                          float*, std::byte*) noexcept;
#ifndef __EMSCRIPTEN__
template std::size_t conv_weight_gradient_scratch_bytes<double>(const Conv&) noexcept;
template void conv_weight_gradient<double>(const Conv&, std::int64_t, std::int64_t, const double*, const double*,
                                           double*, double*, std::byte*) noexcept;
#endif

}  // namespace trainyard::kernels
