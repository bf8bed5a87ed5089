#include "ops/all.hpp"

#include <array>

#include "kernels/gemm/gemm.hpp"
#include "ops/instructions.hpp"
#include "simd/dispatch.hpp"

namespace trainyard::ops {

#define X(op) &op,

std::span<const Op* const> all() {
  static constexpr std::array list{TRAINYARD_OPS(X)};
  return list;
}

std::span<const Op* const> backward() {
  static constexpr std::array list{TRAINYARD_BACKWARD_OPS(X)};
  return list;
}

std::span<const Op* const> stepping() {
  static constexpr std::array list{TRAINYARD_STEP_OPS(X)};
  return list;
}

#undef X

namespace {

bool rounds_once() {
  volatile float a = 1 + 0x1p-12F;
  const simd::Vec<float> v(a);
  return simd::to_array<float>(simd::madd<float>(v, v, simd::Vec<float>(-1.0F)))[0] != static_cast<float>(a * a) - 1.0F;
}

}  // namespace

template <>
const Instructions* compiled_for<simd::Level>() {
  static const Instructions here{.name = simd::Level::name(),
                                 .lanes = simd::lanes<float>,
                                 .fused = rounds_once(),
                                 .peak = &kernels::peak<float>,
                                 .ops = {all(), backward(), stepping()}};
  return &here;
}

}  // namespace trainyard::ops
