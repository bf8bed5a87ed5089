// Convolution of each channel by itself: vectors run over the channels.
#pragma once
#include "kernels/conv/gather.hpp"
#include "kernels/reduce.hpp"

namespace trainyard::kernels::depthwise {

using gather::Index;
using gather::Offset;

/// out[out_offset[i] + c] (+)= sum over taps k of image[pixel[i] + tap[k] + c] * w[k, c]; w is [taps, channels].
template <class T>
inline void pixels(Index count, Index taps, Index channels, const T* image, const Offset* pixel, const Offset* tap,
                   const T* w, T* out, const Offset* out_offset, bool accumulate) noexcept {
  using V = simd::Vec<T>;
  constexpr int together = 4;
  over_columns<T>(0, channels, [&](Index c, auto load, auto store) {
    const auto finish = [&](Index i, const V& sum) {
      T* p = out + out_offset[i] + c;
      store(p, accumulate ? load(p) + sum : sum);
    };
    Index i = 0;
    for (; i + together <= count; i += together) {
      V sum[together] = {V(T(0)), V(T(0)), V(T(0)), V(T(0))};
      for (Index k = 0; k < taps; ++k) {
        const V weight = load(w + k * channels + c);
        for (int u = 0; u < together; ++u) {
          sum[u] = simd::madd<T>(load(image + pixel[i + u] + tap[k] + c), weight, sum[u]);
        }
      }
      for (int u = 0; u < together; ++u) finish(i + u, sum[u]);
    }
    for (; i < count; ++i) {
      V sum(T(0));
      for (Index k = 0; k < taps; ++k) {
        sum = simd::madd<T>(load(image + pixel[i] + tap[k] + c), load(w + k * channels + c), sum);
      }
      finish(i, sum);
    }
  });
}

/// dw[k, c] (+)= sum over pixels i of image[pixel[i] + tap[k] + c] * dy[i, c]; dy is [count, channels].
template <class T>
inline void weight_gradient(Index count, Index taps, Index channels, const T* image, const Offset* pixel,
                            const Offset* tap, const T* dy, T* dw, bool accumulate) noexcept {
  using V = simd::Vec<T>;
  over_columns<T>(0, channels, [&](Index c, auto load, auto store) {
    for (Index k = 0; k < taps; ++k) {
      V even(T(0));
      V odd(T(0));
      Index i = 0;
      for (; i + 2 <= count; i += 2) {
        even = simd::madd<T>(load(image + pixel[i] + tap[k] + c), load(dy + i * channels + c), even);
        odd = simd::madd<T>(load(image + pixel[i + 1] + tap[k] + c), load(dy + (i + 1) * channels + c), odd);
      }
      if (i < count) even = simd::madd<T>(load(image + pixel[i] + tap[k] + c), load(dy + i * channels + c), even);
      T* p = dw + k * channels + c;
      store(p, accumulate ? load(p) + (even + odd) : even + odd);
    }
  });
}

}  // namespace trainyard::kernels::depthwise
