#include "kernels/reduce.hpp"

#include <utility>

#include "buffers.hpp"

namespace trainyard::kernels {
namespace {

template <class T>
class Reduce : public testing::Test {};
TYPED_TEST_SUITE(Reduce, Precisions);

TYPED_TEST(Reduce, ColumnsAndRows) {
  using T = TypeParam;
  const int lanes = simd::lanes<T>;
  for (const std::int64_t rows : {1, 3, 4, 5, 43, 255, 256, 257, 1031}) {
    for (const std::int64_t n : {1, 2, lanes - 1, lanes, lanes + 1, 3 * lanes + 2, 133, 600}) {
      const std::int64_t ld = n + 2;
      const auto x = random_numbers<T>(rows * ld, 1);
      Guarded<T> columns(n), cut(n), sums(rows);
      column_sum<T>(rows, 0, n, x.data(), ld, columns.data());
      row_sum<T>(0, rows, n, x.data(), ld, sums.data());
      EXPECT_TRUE(columns.intact() && sums.intact());
      for (std::int64_t j = 0; j < n; ++j) {
        double want = 0;
        for (std::int64_t i = 0; i < rows; ++i) want += static_cast<double>(x[i * ld + j]);
        EXPECT_TRUE(close(columns[j], want, static_cast<double>(rows)));
      }
      for (std::int64_t i = 0; i < rows; ++i) {
        double want = 0;
        for (std::int64_t j = 0; j < n; ++j) want += static_cast<double>(x[i * ld + j]);
        EXPECT_TRUE(close(sums[i], want, static_cast<double>(n)));
      }
      for (std::int64_t at = 0; at <= n; at += n > 256 ? 37 : 1) {
        column_sum<T>(rows, 0, at, x.data(), ld, cut.data());
        column_sum<T>(rows, at, n, x.data(), ld, cut.data());
        EXPECT_TRUE(cut.same_bits(columns)) << rows << 'x' << n << " cut at " << at;
      }
    }
  }
}

TYPED_TEST(Reduce, SumsCanBeAddedToWhatIsThere) {
  using T = TypeParam;
  for (const auto& [rows, n] : {std::pair{5, 19}, std::pair{41, 70}}) {
    const auto x = random_numbers<T>(rows * n, 1);
    Guarded<T> out(n, T(2)), plain(n);
    column_sum<T>(rows, 0, n, x.data(), n, out.data(), true);
    column_sum<T>(rows, 0, n, x.data(), n, plain.data());
    for (std::int64_t j = 0; j < n; ++j) EXPECT_TRUE(close(out[j], 2 + static_cast<double>(plain[j]), rows));
    Guarded<T> cut(n, T(2));
    column_sum<T>(rows, 0, n / 2 + 1, x.data(), n, cut.data(), true);
    column_sum<T>(rows, n / 2 + 1, n, x.data(), n, cut.data(), true);
    EXPECT_TRUE(cut.same_bits(out));
  }
}

TYPED_TEST(Reduce, PartialsAreAddedInOrder) {
  using T = TypeParam;
  for (const std::int64_t n : {1, 7, 40}) {
    const auto partial = random_numbers<T>(3 * n, 1);
    Guarded<T> out(n), more(n, T(1));
    sum_partials<T>(3, n, partial.data(), out.data());
    sum_partials<T>(3, n, partial.data(), more.data(), true);
    EXPECT_TRUE(out.intact() && more.intact());
    for (std::int64_t j = 0; j < n; ++j) {
      EXPECT_EQ(out[j], (partial[j] + partial[n + j]) + partial[2 * n + j]);
      EXPECT_EQ(more[j], ((T(1) + partial[j]) + partial[n + j]) + partial[2 * n + j]);
    }
  }
}

}  // namespace
}  // namespace trainyard::kernels
