#include "kernels/elementwise.hpp"

#include "buffers.hpp"
#include "kernels/dropout.hpp"

namespace trainyard::kernels {
namespace {

using I = std::int64_t;

template <class T>
class ElementwiseTest : public testing::Test {};
TYPED_TEST_SUITE(ElementwiseTest, Precisions);

TYPED_TEST(ElementwiseTest, ActivationsWorkOnTheirRangeAlone) {
  using T = TypeParam;
  const auto x = random_numbers<T>(23, 1), dy = random_numbers<T>(23, 2);
  Guarded<T> y(23, T(7)), dx(23, T(7));
  activation_forward<T>(Activation::leaky_relu, T(0.25), 3, 20, x.data(), y.data());
  activation_gradient<T>(Activation::leaky_relu, T(0.25), 3, 20, nullptr, y.data(), dy.data(), dx.data());
  for (I i = 0; i < 23; ++i) {
    const bool inside = i >= 3 && i < 20;
    EXPECT_EQ(y[i], !inside ? T(7) : x[i] > T(0) ? x[i] : x[i] * T(0.25));
    EXPECT_EQ(dx[i], !inside ? T(7) : x[i] > T(0) ? dy[i] : dy[i] * T(0.25));
  }
}

TYPED_TEST(ElementwiseTest, TransposeOfEveryShape) {
  using T = TypeParam;
  const int lanes = simd::lanes<T>;
  for (const I m : {1, 3, lanes, lanes + 1, 2 * lanes + 3}) {
    for (const I n : {1, 2, lanes - 1, lanes, 2 * lanes, 2 * lanes + 1}) {
      const auto x = random_numbers<T>(2 * m * n, 1);
      Guarded<T> y(2 * m * n), back(2 * m * n);
      transpose<T>(0, 2, m, n, x.data(), y.data());
      transpose<T>(0, 2, n, m, y.data(), back.data());
      ASSERT_TRUE(y.intact() && back.intact());
      EXPECT_TRUE(back.same_bits(x));
      for (I i = 0; i < m; ++i) {
        for (I j = 0; j < n; ++j) EXPECT_EQ(y[m * n + j * m + i], x[m * n + i * n + j]);
      }
    }
  }
}

TYPED_TEST(ElementwiseTest, DropoutDrawsTheSameHoweverItIsCut) {
  using T = TypeParam;
  constexpr I n = 10'000;
  const DropoutMask mask{42, 7, 3, 0.3};
  const Guarded<T> x(n, T(2));
  Guarded<T> whole(n), cut(n);
  dropout<T>(mask, 0, 0, n, x.data(), whole.data());
  dropout<T>(mask, 0, 0, 1, x.data(), cut.data());
  dropout<T>(mask, 0, 1, 777, x.data(), cut.data());
  // The rest as the second micro-batch of the same batch: its first element is number 777.
  dropout<T>(mask, 777, 0, n - 777, x.data() + 777, cut.data() + 777);
  ASSERT_TRUE(whole.intact() && cut.intact());
  EXPECT_TRUE(cut.same_bits(whole));
  I kept = 0;
  for (I i = 0; i < n; ++i) {
    EXPECT_TRUE(whole[i] == T(0) || whole[i] == T(2) * static_cast<T>(1 / (1 - 0.3)));
    kept += whole[i] != T(0) ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(kept) / n, 0.7, 0.02);
  const DropoutMask next{42, 7, 4, 0.3};
  dropout<T>(next, 0, 0, n, x.data(), cut.data());
  EXPECT_FALSE(cut.same_bits(whole));
}

TYPED_TEST(ElementwiseTest, DropoutAtTheEnds) {
  using T = TypeParam;
  const auto x = random_numbers<T>(100, 1);
  Guarded<T> out(100);
  dropout<T>({1, 2, 3, 0.0}, 0, 0, 100, x.data(), out.data());
  EXPECT_TRUE(out.same_bits(x));
  dropout<T>({1, 2, 3, 1.0}, 0, 0, 100, x.data(), out.data());
  for (I i = 0; i < 100; ++i) EXPECT_EQ(out[i], T(0));
}

}  // namespace
}  // namespace trainyard::kernels
