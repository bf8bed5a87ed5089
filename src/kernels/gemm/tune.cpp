#include "kernels/gemm/tune.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "core/arena.hpp"
#include "kernels/gemm/gemm.hpp"

namespace trainyard::kernels {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// WebAssembly does not say what it runs on. What shows through: an invalid operation gives a NaN whose sign is set on
/// x86 and clear on ARM (as XNNPACK tells them apart).
bool is_x86() {
  volatile float infinity = std::numeric_limits<float>::infinity();
  return std::signbit(infinity - infinity);
}

}  // namespace

int gemm_fastest_shape(double milliseconds) {
  constexpr std::int64_t m = 96;
  constexpr std::int64_t n = 64;
  constexpr std::int64_t k = 128;
  constexpr int products = 8;  // in a row: what a page's clock can tell
  const std::vector<float> a(m * k, 1.0F);
  const std::vector<float> b(k * n, 1.0F);
  std::vector<float> c(m * n);
  const Gemm<float> g{.m = m, .n = n, .k = k, .a = a.data(), .b = b.data(), .c = c.data()};
  const Arena scratch(gemm_scratch_bytes<float>(g.transpose, m, n, k), "scratch");

  const int before = gemm_shape();
  std::vector<double> best(static_cast<std::size_t>(gemm_shapes()), std::numeric_limits<double>::infinity());
  // In turns, the best time of each: what comes first is not compiled for speed yet.
  const auto start = Clock::now();
  do {
    for (std::size_t shape = 0; shape < best.size(); ++shape) {
      gemm_choose(static_cast<int>(shape));
      const auto begin = Clock::now();
      for (int i = 0; i < products; ++i) gemm(g, 0, m, scratch.data());
      best[shape] = std::min(best[shape], milliseconds_since(begin));
    }
  } while (milliseconds_since(start) < milliseconds);
  gemm_choose(before);
  return static_cast<int>(std::ranges::min_element(best) - best.begin());
}

void gemm_tune() {
  constexpr double some_milliseconds = 8;
  if (gemm_shapes() > 1 && !is_x86()) gemm_choose(gemm_fastest_shape(some_milliseconds));
}

}  // namespace trainyard::kernels
