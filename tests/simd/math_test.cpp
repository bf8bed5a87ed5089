// simd/math.hpp against double: float within 4 ulp or 5e-7, over the whole range and at the special values.
#include "simd/math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>

namespace trainyard::simd {
namespace {

/// Distance of `got` from `want` in units in the last place of a float near `want`.
double ulps(float got, double want) {
  const double unit = std::ldexp(1.0, std::max(std::ilogb(want), std::numeric_limits<float>::min_exponent - 1) - 23);
  return std::abs(static_cast<double>(got) - want) / unit;
}

struct Worst {
  double ulp = 0;  ///< where the absolute bound does not hold already
  double absolute = 0;
  double at = 0;
};

/// Every vector lane is used; inputs run over [low, high] in `steps` even steps.
template <class F, class G>
Worst scan(F f, G reference, double low, double high, int steps) {
  Worst worst;
  alignas(64) std::array<float, Vec<float>::size> x{};
  for (int i = 0; i < steps; i += lanes<float>) {
    for (int l = 0; l < lanes<float>; ++l)
      x[static_cast<std::size_t>(l)] = static_cast<float>(low + (high - low) * (i + l) / steps);
    const auto y = to_array<float>(f(load<float>(x.data())));
    for (std::size_t l = 0; l < y.size(); ++l) {
      const double want = reference(static_cast<double>(x[l]));
      const double absolute = std::abs(static_cast<double>(y[l]) - want);
      if (absolute > 5e-7) worst.ulp = std::max(worst.ulp, ulps(y[l], want));
      if (absolute > worst.absolute) {
        worst.absolute = absolute;
        worst.at = static_cast<double>(x[l]);
      }
    }
  }
  return worst;
}

using V = Vec<float>;
constexpr int steps = 400'000;

TEST(Math, ExpIsWithinFourUlpEverywhere) {
  double worst = 0;
  for (int i = 0; i <= 300'000; ++i) {
    const auto x = static_cast<float>(-86.0 + 174.7 * i / 300'000);
    worst = std::max(worst, ulps(exp(x), std::exp(static_cast<double>(x))));
  }
  RecordProperty("worst_ulp", std::to_string(worst));
  EXPECT_LE(worst, 4.0);
}

TEST(Math, ExpAtTheEnds) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(exp(0.0F), 1.0F);
  EXPECT_EQ(exp(-inf), 0.0F);
  EXPECT_EQ(exp(-1000.0F), 0.0F);
  EXPECT_EQ(exp(inf), inf);
  EXPECT_EQ(exp(89.0F), inf);
  EXPECT_TRUE(std::isfinite(exp(88.72F)));
  EXPECT_TRUE(std::isnan(exp(std::numeric_limits<float>::quiet_NaN())));
}

TEST(Math, LogIsWithinFourUlpEverywhere) {
  double worst = 0;
  for (int i = 1; i <= 400'000; ++i) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(i) * 5000U);
    if (!std::isfinite(x)) break;
    const double want = std::log(static_cast<double>(x));
    if (std::abs(static_cast<double>(log(x)) - want) > 5e-7) worst = std::max(worst, ulps(log(x), want));
  }
  for (int i = 1; i < 40'000; ++i) {
    const auto x = static_cast<float>(0.5 + 1.0 * i / 40'000);
    worst = std::max(worst, ulps(log(x), std::log(static_cast<double>(x))));
  }
  EXPECT_LE(worst, 4.0);
}

TEST(Math, LogAtTheEnds) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(log(1.0F), 0.0F);
  EXPECT_EQ(log(0.0F), -inf);
  EXPECT_EQ(log(inf), inf);
  EXPECT_TRUE(std::isnan(log(-1.0F)));
  EXPECT_TRUE(std::isnan(log(std::numeric_limits<float>::quiet_NaN())));
}

TEST(Math, TheOthersAreWithinTheStatedBounds) {
  const auto check = [](const char* what, const Worst& w) {
    EXPECT_TRUE(w.ulp <= 4.0) << what << ": " << w.ulp << " ulp, " << w.absolute << " absolute at " << w.at;
  };
  check("tanh", scan([](V x) { return tanh(x); }, [](double x) { return std::tanh(x); }, -12, 12, steps));
  check("erf", scan([](V x) { return erf(x); }, [](double x) { return std::erf(x); }, -6, 6, steps));
  check("sigmoid",
        scan([](V x) { return sigmoid<float>(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }, -100, 100, steps));
  check("softplus", scan([](V x) { return softplus<float>(x); },
                         [](double x) { return x > 40 ? x : std::log1p(std::exp(x)); }, -100, 100, steps));
  check("log1p", scan([](V x) { return log1p(x); }, [](double x) { return std::log1p(x); }, 0, 1, steps));
}

TEST(Math, TanhKeepsSmallNumbersAndSaturates) {
  for (const float x : {1e-30F, 1e-6F, -3e-4F, 0.01F}) {
    EXPECT_LE(ulps(tanh(x), std::tanh(static_cast<double>(x))), 4.0) << x;
    EXPECT_LE(ulps(erf(x), std::erf(static_cast<double>(x))), 4.0) << x;
  }
  EXPECT_LE(std::abs(tanh(50.0F)), 1.0F);
  EXPECT_LE(std::abs(erf(50.0F)), 1.0F);
  for (const float x : {8.0F, 50.0F, 1e6F, std::numeric_limits<float>::infinity()}) {
    // Exactly: what is multiplied by 1 - tanh(x) must vanish however large it is.
    EXPECT_EQ(tanh(x), 1.0F);
    EXPECT_EQ(tanh(-x), -1.0F);
    EXPECT_EQ(erf(x), 1.0F);
    EXPECT_EQ(erf(-x), -1.0F);
  }
  EXPECT_TRUE(std::isnan(tanh(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(sigmoid(std::numeric_limits<float>::quiet_NaN())));
}

TEST(Math, DoubleIsAccurate) {
  for (const double x : {-5.0, -0.3, 1e-9, 0.7, 3.0, 20.0}) {
    EXPECT_DOUBLE_EQ(exp(x), std::exp(x));
    EXPECT_DOUBLE_EQ(tanh(x), std::tanh(x));
    EXPECT_DOUBLE_EQ(erf(x), std::erf(x));
    EXPECT_NEAR(softplus(x), std::log1p(std::exp(x)), 1e-14 * std::max(1.0, x));
    EXPECT_NEAR(sigmoid(x), 1 / (1 + std::exp(-x)), 1e-15);
  }
}

}  // namespace
}  // namespace trainyard::simd
