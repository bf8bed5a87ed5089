// Bytes to floats: what a batch of pixels goes through on its way in.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace trainyard::simd {

/// out[i] = in[i] scale + shift for i in [0, n): the same bits as one by one. Written with the compilers' vectors, so
/// that it is fast in folders that are built for size too.
inline void scale_bytes(std::int64_t n, const std::uint8_t* in, float* out, float scale, float shift) noexcept {
  using Bytes4 [[gnu::vector_size(4)]] = std::uint8_t;
  using Floats4 [[gnu::vector_size(16)]] = float;
  const auto count = static_cast<std::ptrdiff_t>(n);
  std::ptrdiff_t i = 0;
  for (; i + 4 <= count; i += 4) {
    Bytes4 bytes;
    std::memcpy(&bytes, in + i, sizeof(bytes));
    const Floats4 scaled = __builtin_convertvector(bytes, Floats4) * scale + shift;
    std::memcpy(out + i, &scaled, sizeof(scaled));
  }
  for (; i < count; ++i) out[i] = static_cast<float>(in[i]) * scale + shift;
}

}  // namespace trainyard::simd
