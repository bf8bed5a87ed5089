// a * b + c means what it says in every build. clang 21 has turned it into c * a + b in relaxed SIMD builds with
// contraction on (LLVM pull request 161355); flags keep it off, and this shows that nothing else brings it back.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>

#include "simd/vec.hpp"

namespace {

namespace simd = trainyard::simd;
using Batch = simd::Vec<float>;
constexpr std::size_t count = Batch::size * 4;
using Values = std::array<float, count>;

// Small whole numbers: every product and sum is exact, so any rounding would be allowed and no operand order but the
// right one gives the expected value.
struct Operands {
  Values a, b, c, expected;
  Operands() {
    for (std::size_t i = 0; i < count; ++i) {
      const int k = static_cast<int>(i);
      a[i] = static_cast<float>(k + 2);
      b[i] = static_cast<float>(3 * k - 5);
      c[i] = static_cast<float>(100 - 7 * k);
      expected[i] = static_cast<float>((k + 2) * (3 * k - 5) + 100 - 7 * k);
    }
  }
};

// Out of line, so that the loops are compiled (and vectorised) for unknown values.
[[gnu::noinline]] void scalar_loop(const float* a, const float* b, const float* c, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = a[i] * b[i] + c[i];
}

[[gnu::noinline]] void batch_operators(const float* a, const float* b, const float* c, float* out) {
  for (std::size_t i = 0; i < count; i += Batch::size) {
    (Batch::load_unaligned(a + i) * Batch::load_unaligned(b + i) + Batch::load_unaligned(c + i))
        .store_unaligned(out + i);
  }
}

[[gnu::noinline]] void batch_madd(const float* a, const float* b, const float* c, float* out) {
  for (std::size_t i = 0; i < count; i += Batch::size) {
    simd::store<float>(out + i,
                       simd::madd<float>(simd::load<float>(a + i), simd::load<float>(b + i), simd::load<float>(c + i)));
  }
}

[[gnu::noinline]] void batch_nmadd(const float* a, const float* b, const float* c, float* out) {
  for (std::size_t i = 0; i < count; i += Batch::size) {
    const Batch minus_a = -simd::load<float>(a + i);
    simd::store<float>(out + i, simd::nmadd<float>(minus_a, simd::load<float>(b + i), simd::load<float>(c + i)));
  }
}

[[gnu::noinline]] float scalar_sum(const float* a, const float* b) {
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum = a[i] * b[i] + sum;
  return sum;
}

TEST(MultiplyAdd, MeansTheSameInScalarLoopsOperatorsAndMadd) {
  const Operands operands;
  for (auto* function : {scalar_loop, batch_operators, batch_madd, batch_nmadd}) {
    Values out{};
    function(operands.a.data(), operands.b.data(), operands.c.data(), out.data());
    EXPECT_EQ(out, operands.expected);
  }
}

TEST(MultiplyAdd, AccumulatesIntoTheAddend) {
  const Operands operands;
  int expected = 0;
  for (std::size_t i = 0; i < count; ++i) expected += static_cast<int>(operands.a[i]) * static_cast<int>(operands.b[i]);
  EXPECT_EQ(scalar_sum(operands.a.data(), operands.b.data()), static_cast<float>(expected));
}

// Products and sums are rounded one by one: (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 with one rounding, 0 with two.
TEST(MultiplyAdd, IsNeverContracted) {
  Values a, b, c, out;
  a.fill(1.0f + 0x1p-12f);
  b = a;
  c.fill(-(1.0f + 0x1p-11f));
  for (auto* function : {scalar_loop, batch_operators}) {
    out.fill(1);
    function(a.data(), b.data(), c.data(), out.data());
    for (float value : out) EXPECT_EQ(value, 0.0f);
  }
}

// A build with such an instruction uses it, in whatever order headers come; without one a product is rounded too.
TEST(MultiplyAdd, IsOneInstructionWhereTheBuildHasOne) {
  Values a, b, c, out;
  a.fill(1.0f + 0x1p-12f);
  b = a;
  c.fill(-(1.0f + 0x1p-11f));
  float expected = 0;
#if defined(__wasm_relaxed_simd__)
  // The machine decides how often it rounds.
  const auto splat = [](const Values& v) { return wasm_v128_load32_splat(v.data()); };
  expected = wasm_f32x4_extract_lane(wasm_f32x4_relaxed_madd(splat(a), splat(b), splat(c)), 0);
#elif defined(__FMA__) || defined(__aarch64__)
  expected = 0x1p-24f;
#endif
  for (auto* function : {batch_madd, batch_nmadd}) {
    out.fill(1);
    function(a.data(), b.data(), c.data(), out.data());
    for (float value : out) EXPECT_EQ(value, expected);
  }
}

}  // namespace
