// Loops and reductions: every length around a vector's, with sentinels behind the output.
#include "simd/loop.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "simd/math.hpp"

namespace trainyard::simd {
namespace {

template <class T>
class Loop : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Loop, Types);

TYPED_TEST(Loop, MapWritesEveryElementAndNothingElse) {
  using T = TypeParam;
  for (int n = 0; n <= 4 * lanes<T> + 3; ++n) {
    std::vector<T> a, b, out(static_cast<std::size_t>(n) + 5, T(-77));
    for (int i = 0; i < n; ++i) {
      a.push_back(static_cast<T>(0.25 * i));
      b.push_back(static_cast<T>(3 - i));
    }
    map<T>(n, out.data(), [](Vec<T> x, Vec<T> y) { return x * y + Vec<T>(T(1)); }, a.data(), b.data());
    for (int i = 0; i < n; ++i) {
      const auto s = static_cast<std::size_t>(i);
      EXPECT_EQ(out[s], a[s] * b[s] + T(1)) << n << ' ' << i;
    }
    for (auto s = static_cast<std::size_t>(n); s < out.size(); ++s) EXPECT_EQ(out[s], T(-77));
  }
}

TYPED_TEST(Loop, AnElementHasTheSameBitsWhereverTheLoopStarts) {
  using T = TypeParam;
  std::vector<T> x;
  for (int i = 0; i < 67; ++i) x.push_back(static_cast<T>(std::sin(i) * 5));
  const auto f = [](Vec<T> v) { return exp(v) * tanh(v); };
  std::vector<T> whole(x.size()), part(x.size());
  map<T>(67, whole.data(), f, x.data());
  for (int cut = 0; cut <= 67; ++cut) {
    map<T>(cut, part.data(), f, x.data());
    map<T>(67 - cut, part.data() + cut, f, x.data() + cut);
    EXPECT_EQ(part, whole) << cut;
  }
}

TYPED_TEST(Loop, ReductionsSeeEveryElementOnce) {
  using T = TypeParam;
  for (int n = 1; n <= 9 * lanes<T> + 3; ++n) {
    std::vector<T> x(static_cast<std::size_t>(n) + 8, std::numeric_limits<T>::quiet_NaN());
    T best = T(-1e9);
    for (int i = 0; i < n; ++i) {
      x[static_cast<std::size_t>(i)] = static_cast<T>((i * 37) % 101 - 200);
      best = std::max(best, x[static_cast<std::size_t>(i)]);
    }
    double want = 0;
    for (int i = 0; i < n; ++i) want += static_cast<double>(x[static_cast<std::size_t>(i)]) + 2.0;
    EXPECT_EQ(static_cast<double>(reduce_sum<T>(n, [](Vec<T> v) { return v + Vec<T>(T(2)); }, x.data())), want) << n;
    EXPECT_EQ(reduce_max<T>(n, x.data()), best) << n;
  }
}

TYPED_TEST(Loop, MinAndMaxKeepANaNOfTheFirstArgumentOnly) {
  using T = TypeParam;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  EXPECT_TRUE(std::isnan(to_array<T>(max<T>(Vec<T>(nan), Vec<T>(T(1))))[0]));
  EXPECT_EQ(to_array<T>(max<T>(Vec<T>(T(1)), Vec<T>(nan)))[0], T(1));
  EXPECT_TRUE(std::isnan(to_array<T>(min<T>(Vec<T>(nan), Vec<T>(T(1))))[0]));
  EXPECT_EQ(to_array<T>(min<T>(Vec<T>(T(1)), Vec<T>(nan)))[0], T(1));
  EXPECT_TRUE(std::signbit(to_array<T>(max<T>(Vec<T>(T(-0.0)), Vec<T>(T(0))))[0]));
}

TYPED_TEST(Loop, MaxOrNaNKeepsTheNaNOfEither) {
  using T = TypeParam;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const auto both = [](T a, T b) { return to_array<T>(max_or_nan<T>(Vec<T>(a), Vec<T>(b)))[0]; };
  EXPECT_TRUE(std::isnan(both(nan, T(1))) && std::isnan(both(T(-1), nan)) && std::isnan(both(nan, nan)));
  EXPECT_EQ(both(T(-3), T(2)), T(2));
  EXPECT_EQ(both(T(2), T(-3)), T(2));
  EXPECT_EQ(both(-std::numeric_limits<T>::infinity(), T(-3)), T(-3));
}

TYPED_TEST(Loop, MaddMultipliesTheFirstTwo) {
  using T = TypeParam;
  // The operands in the wrong order would give 3*5+2 = 17: a known fault of one compiler with relaxed SIMD.
  EXPECT_EQ(to_array<T>(madd<T>(Vec<T>(T(2)), Vec<T>(T(3)), Vec<T>(T(5))))[0], T(11));
  EXPECT_EQ(to_array<T>(nmadd<T>(Vec<T>(T(2)), Vec<T>(T(3)), Vec<T>(T(5))))[0], T(-1));
}

TYPED_TEST(Loop, PartialLoadsAndStoresTouchOnlyTheirLanes) {
  using T = TypeParam;
  for (int n = 1; n < lanes<T>; ++n) {
    std::vector<T> in, out(static_cast<std::size_t>(lanes<T>), T(9));
    for (int i = 0; i < n; ++i) in.push_back(static_cast<T>(i + 1));
    const Vec<T> v = load_first<T>(in.data(), n);
    store_first<T>(out.data(), v + Vec<T>(T(10)), n);
    T total = T(0);
    for (int i = 0; i < n; ++i) {
      EXPECT_EQ(out[static_cast<std::size_t>(i)], static_cast<T>(i + 11));
      total += static_cast<T>(i + 1);
    }
    for (int i = n; i < lanes<T>; ++i) EXPECT_EQ(out[static_cast<std::size_t>(i)], T(9));
    EXPECT_EQ(sum<T>(v), total);
  }
}

}  // namespace
}  // namespace trainyard::simd
