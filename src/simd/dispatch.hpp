// Which instruction set runs. A native build for x86-64 holds the hot loops for three (cmake/dispatch.cmake), every
// other build for the one that it is compiled for.
#pragma once
#include <cstdlib>
#include <string_view>

#include "core/error.hpp"
#include "simd/vec.hpp"

namespace trainyard::simd {

/// The instruction set that this file is being compiled for.
using Level = xsimd::default_arch;

#ifdef TRAINYARD_DISPATCH
/// f(Level{}) for the best level that this processor has and the environment variable TRAINYARD_SIMD ("sse4.2", "avx2"
/// or "avx512", the best that may be) allows. Throws INVALID_VALUE for any other name.
template <class F>
[[nodiscard]] auto dispatch(F f) {
  using Sse42 = xsimd::sse4_2;
  using Avx2 = xsimd::fma3<xsimd::avx2>;
  using Avx512 = xsimd::avx512bw;
  // Nothing in the engine changes the environment.
  const char* const most = std::getenv("TRAINYARD_SIMD");  // NOLINT(concurrency-mt-unsafe)
  const std::string_view name = most == nullptr ? "avx512" : most;
  if (name == "sse4.2") return xsimd::dispatch<xsimd::arch_list<Sse42>>(f)();
  if (name == "avx2") return xsimd::dispatch<xsimd::arch_list<Avx2, Sse42>>(f)();
  if (name == "avx512") return xsimd::dispatch<xsimd::arch_list<Avx512, Avx2, Sse42>>(f)();
  throw Error(ErrorCode::invalid_value, "TRAINYARD_SIMD", "sse4.2, avx2 or avx512", std::string(name));
}
#else
/// f(Level{}) for the one level of this build.
template <class F>
[[nodiscard]] auto dispatch(F f) {
  return f(Level{});
}
#endif

}  // namespace trainyard::simd
