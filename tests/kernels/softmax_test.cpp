#include "kernels/softmax.hpp"

#include "buffers.hpp"

namespace trainyard::kernels {
namespace {

using I = std::int64_t;

template <class T>
class SoftmaxTest : public testing::Test {};
TYPED_TEST_SUITE(SoftmaxTest, Precisions);

TYPED_TEST(SoftmaxTest, ValuesAndGradients) {
  using T = TypeParam;
  constexpr I rows = 3;
  for (const I n : {1, 2, 3, 4, 5, 7, 8, 10, 16, 17, 65, 100}) {
    for (const double shift : {0.0, 1000.0}) {
      auto x = random_numbers<T>(rows * n, 1);
      for (I i = 0; i < x.size(); ++i) x[i] = T(5) * x[i] + T(shift);
      const auto dy = random_numbers<T>(rows * n, 2);
      Guarded<T> y(rows * n), log_y(rows * n), dx(rows * n), log_dx(rows * n);
      softmax(0, 1, n, x.data(), y.data());
      softmax(1, rows, n, x.data(), y.data());
      log_softmax(0, rows, n, x.data(), log_y.data());
      softmax_gradient(0, rows, n, y.data(), dy.data(), dx.data());
      log_softmax_gradient(0, rows, n, log_y.data(), dy.data(), log_dx.data());
      ASSERT_TRUE(y.intact() && log_y.intact() && dx.intact() && log_dx.intact());
      for (I r = 0; r < rows; ++r) {
        double sum = 0, dot = 0, total = 0;
        for (I j = 0; j < n; ++j) sum += std::exp(static_cast<double>(x[r * n + j]) - shift);
        for (I j = 0; j < n; ++j) {
          dot += std::exp(static_cast<double>(x[r * n + j]) - shift) / sum * static_cast<double>(dy[r * n + j]);
          total += static_cast<double>(dy[r * n + j]);
        }
        for (I j = 0; j < n; ++j) {
          const double p = std::exp(static_cast<double>(x[r * n + j]) - shift) / sum;
          const double d = static_cast<double>(dy[r * n + j]);
          EXPECT_TRUE(close(y[r * n + j], p, 1));
          EXPECT_TRUE(close(log_y[r * n + j], std::log(p), 12));
          EXPECT_TRUE(close(dx[r * n + j], p * (d - dot), 2));
          EXPECT_TRUE(close(log_dx[r * n + j], d - p * total, 4 + std::abs(total)));
        }
      }
    }
  }
}

TYPED_TEST(SoftmaxTest, AMaskedEntryGetsExactlyNothing) {
  using T = TypeParam;
  Guarded<T> x(6, T(1));
  x[2] = -std::numeric_limits<T>::infinity();
  softmax(0, 1, 6, x.data(), x.data());
  EXPECT_EQ(x[2], T(0));
  EXPECT_TRUE(close(x[0], 0.2, 1));
}

}  // namespace
}  // namespace trainyard::kernels
