// The ops as they are compiled for an instruction set. A native build for x86-64 holds several (cmake/dispatch.cmake)
// and runs the best that the processor has; what else there is, shape rules and gradients, is the same in all.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "graph/op.hpp"

namespace trainyard::ops {

struct Instructions {
  std::string_view name;                                     ///< xsimd's: "sse4.2", "fma3+avx2", "avx512bw", …
  int lanes;                                                 ///< floats in a vector
  bool fused;                                                ///< a b + c is rounded once
  void (*peak)(float* p, std::int64_t iterations) noexcept;  ///< kernels::peak
  std::array<std::span<const Op* const>, 3> ops;             ///< all(), backward() and stepping()
};

/// What runs in this process. Throws INVALID_VALUE for what TRAINYARD_SIMD may not be (simd/dispatch.hpp).
[[nodiscard]] const Instructions& instructions();

/// What is compiled for a level of simd/dispatch.hpp: one definition a level, in all.cpp.
template <class Level>
[[nodiscard]] const Instructions* compiled_for();

}  // namespace trainyard::ops
