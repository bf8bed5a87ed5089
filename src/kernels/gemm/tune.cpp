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
  const std::vector<float> a(m * k, 1.0F);
  const std::vector<float> b(k * n, 1.0F);
  std::vector<float> c(m * n);
  const Gemm<float> g{.m = m, .n = n, .k = k, .a = a.data(), .b = b.data(), .c = c.data()};
  const Arena scratch(gemm_scratch_bytes<float>(g.transpose, m, n, k), "scratch");

  const int before = gemm_shape();
  std::vector<double> spent(static_cast<std::size_t>(gemm_shapes()));
  const auto all_shapes = [&](int products) {
    for (std::size_t shape = 0; shape < spent.size(); ++shape) {
      gemm_choose(static_cast<int>(shape));
      const auto begin = Clock::now();
      for (int i = 0; i < products; ++i) gemm(g, 0, m, scratch.data());
      spent[shape] += milliseconds_since(begin);
    }
  };
  // Half of the time does not count: a browser compiles for speed what it has seen run. It tells how many products fill
  // the rest, in two turns of as many as a page's clock needs, which may tick in whole milliseconds.
  int products = 0;
  for (const auto start = Clock::now(); milliseconds_since(start) < milliseconds / 2; products += 4) all_shapes(4);
  std::ranges::fill(spent, 0);
  for (int turn = 0; turn < 2; ++turn) all_shapes(products / 2);
  gemm_choose(before);
  return static_cast<int>(std::ranges::min_element(spent) - spent.begin());
}

void gemm_tune() {
  constexpr double some_milliseconds = 16;
  if (gemm_shapes() > 1 && !is_x86()) gemm_choose(gemm_fastest_shape(some_milliseconds));
}

}  // namespace trainyard::kernels
