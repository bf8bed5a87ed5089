// Converts stored numbers to what a graph's input wants.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "data/dataset.hpp"
#include "simd/convert.hpp"

namespace trainyard {

/// A row as it is. Few numbers are copied one by one: in WebAssembly a memcpy of unknown size leaves the module, which
/// takes longer than a small row.
template <class T>
void copy_row(const T* in, T* out, std::int64_t size) noexcept {
  constexpr std::int64_t few = 16;
  if (size > few) {
    std::memcpy(out, in, static_cast<std::size_t>(size) * sizeof(T));
    return;
  }
  const auto n = static_cast<std::ptrdiff_t>(size);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    out[i] = in[i];
    asm volatile("" ::: "memory");  // or the compiler makes a memcpy of it
  }
}

/// out[i] = in[i] * scale + shift for one row of `size` numbers; channels of size / scales numbers each.
template <class From, class To>
void convert_row(const From* in, To* out, std::int64_t size, const Affine& map, bool identity) noexcept {
  if (identity) {
    if constexpr (std::is_same_v<From, To>) {
      copy_row(in, out, size);
    } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
      // Labels were checked before; anything else must not be undefined behaviour.
      constexpr From low = static_cast<From>(std::numeric_limits<To>::min());
      constexpr From high = static_cast<From>(std::numeric_limits<To>::max());
      for (std::int64_t i = 0; i < size; ++i) {
        out[i] = in[i] >= high ? std::numeric_limits<To>::max() : in[i] > low ? static_cast<To>(in[i]) : To(0);
      }
    } else {
      for (std::int64_t i = 0; i < size; ++i) out[i] = static_cast<To>(in[i]);
    }
    return;
  }
  using Work = std::conditional_t<std::is_floating_point_v<To>, To, float>;
  const auto channels = static_cast<std::int64_t>(map.scale.size());
  const std::int64_t inner = size / channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    const auto scale = static_cast<Work>(map.scale[static_cast<std::size_t>(c)]);
    const auto shift = static_cast<Work>(map.shift[static_cast<std::size_t>(c)]);
    const From* from = in + c * inner;
    To* to = out + c * inner;
    if constexpr (std::is_same_v<From, std::uint8_t> && std::is_same_v<To, float>) {
      simd::scale_bytes(inner, from, to, scale, shift);
    } else {
      for (std::int64_t i = 0; i < inner; ++i) to[i] = static_cast<To>(static_cast<Work>(from[i]) * scale + shift);
    }
  }
}

/// Calls f with a null pointer of the stored type.
template <class F>
void with_type(DType dtype, F f) {
  switch (dtype) {
    case DType::f32: f(static_cast<float*>(nullptr)); break;
    case DType::i32: f(static_cast<std::int32_t*>(nullptr)); break;
    case DType::u8: f(static_cast<std::uint8_t*>(nullptr)); break;
  }
}

}  // namespace trainyard
