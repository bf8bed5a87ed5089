#include "kernels/conv/depthwise.hpp"
#include "kernels/conv/image.hpp"

namespace trainyard::kernels {

template <class T>
std::size_t conv_forward_scratch_bytes(const Conv& c) noexcept {
  return ConvScratch<T>(c, ConvSizes(c).pixels, nullptr).bytes;
}

template <class T>
void conv_forward(const Conv& c, std::int64_t row_begin, std::int64_t row_end, const T* x, const T* w, T* y,
                  const Epilogue<T>& epilogue, std::byte* scratch) noexcept {
  const ConvSizes s(c);
  const ConvScratch<T> memory(c, s.pixels, scratch);
  for (auto row = static_cast<Index>(row_begin); row < static_cast<Index>(row_end); ++row) {
    const T* image = memory.border.place(x + row * static_cast<Index>(c.in_size()), memory.image);
    T* out = y + row * static_cast<Index>(c.out_size());
    for (Index first = 0; first < s.pixels; first += gather::row_chunk) {
      const Index count = std::min(gather::row_chunk, s.pixels - first);
      const Offset* pixel = memory.pixel + first;
      const Offset* at = memory.out + first;
      if (is_depthwise(c)) {
        depthwise::pixels<T>(count, s.taps, c.out_channels, image, pixel, memory.tap, w, out, at, false);
      } else {
        for (Index g = 0; g < c.groups; ++g) {
          gather::run<T>({count, s.group_out, s.depth, image + g * s.group_in, pixel, memory.tap, w + g * s.group_out,
                          c.out_channels, out + g * s.group_out, at, false},
                         memory.panel);
        }
      }
      if (!epilogue.empty()) {
        T* chunk = out + at[0];
        apply(epilogue.moved(chunk - y), chunk, c.out_channels, count, c.out_channels);
      }
    }
  }
}

template std::size_t conv_forward_scratch_bytes<float>(const Conv&) noexcept;
template void conv_forward<float>(const Conv&, std::int64_t, std::int64_t, const float*, const float*, float*,
                                  const Epilogue<float>&, std::byte*) noexcept;
#ifndef __EMSCRIPTEN__
template std::size_t conv_forward_scratch_bytes<double>(const Conv&) noexcept;
template void conv_forward<double>(const Conv&, std::int64_t, std::int64_t, const double*, const double*, double*,
                                   const Epilogue<double>&, std::byte*) noexcept;
#endif

}  // namespace trainyard::kernels
