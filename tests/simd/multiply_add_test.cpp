// a * b + c means what it says in every build. clang 21 has turned it into c * a + b in relaxed SIMD builds with
// contraction on (LLVM pull request 161355); flags keep it off, and this shows that nothing else brings it back.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <xsimd/xsimd.hpp>

namespace {

using Batch = xsimd::batch<float>;
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

[[gnu::noinline]] void batch_fma(const float* a, const float* b, const float* c, float* out) {
  for (std::size_t i = 0; i < count; i += Batch::size) {
    xsimd::fma(Batch::load_unaligned(a + i), Batch::load_unaligned(b + i), Batch::load_unaligned(c + i))
        .store_unaligned(out + i);
  }
}

[[gnu::noinline]] float scalar_sum(const float* a, const float* b) {
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum = a[i] * b[i] + sum;
  return sum;
}

TEST(MultiplyAdd, MeansTheSameInScalarLoopsOperatorsAndFma) {
  const Operands operands;
  for (auto* function : {scalar_loop, batch_operators, batch_fma}) {
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

}  // namespace
