// What layers over images share.
#pragma once
#include <cstdint>
#include <numeric>
#include <string>

#include "core/error.hpp"
#include "layers/divisors.hpp"
#include "layers/layer.hpp"

namespace trainyard::layers {

/// Sizes above these would overflow a kernel's 32-bit numbers.
inline constexpr Range window_size{.min = 1, .max = 1 << 20};
inline constexpr Range window_padding{.min = 0, .max = 1 << 20};

[[nodiscard]] inline std::int32_t narrow(std::int64_t n) { return static_cast<std::int32_t>(n); }

/// The input as an image, channels last in memory. Throws SHAPE_MISMATCH for anything but [*, channels, h, w].
[[nodiscard]] inline ValueId image(LayerBuilder& b, ValueId v) {
  const Shape& shape = b.graph().type(v).shape;
  Inference::require(shape.rank() == 3, "[*, channels, height, width]", text(shape, true));
  return b.graph().channels_last(v);
}

/// Throws INVALID_VALUE unless a convolution's groups divide its channels; says what would.
inline void require_groups(const LayerBuilder& b, std::int64_t in, std::int64_t out, std::int64_t groups) {
  if (in % groups == 0 && out % groups == 0) return;
  throw Error(ErrorCode::invalid_value, b.path() + ".groups",
              std::to_string(in) + " % groups = 0, " + std::to_string(out) + " % groups = 0", std::to_string(groups),
              {"groups_divide", divisors(std::gcd(in, out))});
}

}  // namespace trainyard::layers
