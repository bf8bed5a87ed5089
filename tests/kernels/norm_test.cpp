// Layer and batch normalisation against double; gradients against central differences of the same reference.
#include "kernels/norm.hpp"

#include "buffers.hpp"

namespace trainyard::kernels {
namespace {

using I = std::int64_t;
using Numbers = std::vector<double>;

template <class T>
Numbers widen(const Guarded<T>& x) {
  return Numbers(x.data(), x.data() + x.size());
}

/// Normalised over groups of `count` numbers `stride` apart; group g starts at start(g). gamma and beta by `channel`.
struct Reference {
  I groups, count, stride;
  bool by_row;
  [[nodiscard]] I at(I g, I i) const { return by_row ? g * count + i : i * stride + g; }
  [[nodiscard]] I channel(I g, I i) const { return by_row ? i : g; }

  [[nodiscard]] Numbers forward(const Numbers& x, const Numbers& gamma, const Numbers& beta, double epsilon) const {
    Numbers y(x.size());
    for (I g = 0; g < groups; ++g) {
      double mean = 0, variance = 0;
      const auto value = [&](I i) { return x[static_cast<std::size_t>(at(g, i))]; };
      for (I i = 0; i < count; ++i) mean += value(i) / static_cast<double>(count);
      for (I i = 0; i < count; ++i) variance += (value(i) - mean) * (value(i) - mean) / static_cast<double>(count);
      for (I i = 0; i < count; ++i) {
        const auto c = static_cast<std::size_t>(channel(g, i));
        y[static_cast<std::size_t>(at(g, i))] = (value(i) - mean) / std::sqrt(variance + epsilon) * gamma[c] + beta[c];
      }
    }
    return y;
  }
  /// Derivative of sum(dy y) with respect to v[i], where v is one of the three arguments.
  template <class F>
  [[nodiscard]] static double slope(Numbers& v, std::size_t i, const Numbers& dy, F run) {
    constexpr double h = 1e-5;
    const double kept = v[i];
    v[i] = kept + h;
    const Numbers up = run();
    v[i] = kept - h;
    const Numbers down = run();
    v[i] = kept;
    double d = 0;
    for (std::size_t k = 0; k < dy.size(); ++k) d += dy[k] * (up[k] - down[k]) / (2 * h);
    return d;
  }
};

template <class T>
class NormTest : public testing::Test {};
TYPED_TEST_SUITE(NormTest, Precisions);

TYPED_TEST(NormTest, LayerNorm) {
  using T = TypeParam;
  constexpr I rows = 3;
  const double tolerance = sizeof(T) == 4 ? 2e-5 : 1e-8;
  for (const I n : {2, 3, 4, 7, 8, 17, 33}) {
    const auto x = random_numbers<T>(rows * n, 1), gamma = random_numbers<T>(n, 2), beta = random_numbers<T>(n, 3),
               dy = random_numbers<T>(rows * n, 4);
    Guarded<T> y(rows * n), mean(rows), rstd(rows), dx(rows * n), dgamma(n), dbeta(n), plain(rows * n),
        plain_dx(rows * n);
    layer_norm<T>(0, 1, n, T(0.1), x.data(), gamma.data(), beta.data(), y.data(), mean.data(), rstd.data());
    layer_norm<T>(1, rows, n, T(0.1), x.data(), gamma.data(), beta.data(), y.data(), mean.data(), rstd.data());
    layer_norm_gradient<T>(0, rows, n, x.data(), gamma.data(), mean.data(), rstd.data(), dy.data(), dx.data());
    layer_norm_parameter_gradient<T>(rows, 0, 1, n, x.data(), mean.data(), rstd.data(), dy.data(), dgamma.data(),
                                     dbeta.data());
    layer_norm_parameter_gradient<T>(rows, 1, n, n, x.data(), mean.data(), rstd.data(), dy.data(), dgamma.data(),
                                     dbeta.data());
    layer_norm<T>(0, rows, n, T(0.1), x.data(), nullptr, nullptr, plain.data(), mean.data(), rstd.data());
    layer_norm_gradient<T>(0, rows, n, x.data(), nullptr, mean.data(), rstd.data(), dy.data(), plain_dx.data());
    ASSERT_TRUE(y.intact() && mean.intact() && rstd.intact() && dx.intact() && dgamma.intact() && dbeta.intact());
    ASSERT_TRUE(plain.intact() && plain_dx.intact());
    const Reference reference{rows, n, 1, true};
    Numbers xs = widen(x), gs = widen(gamma), bs = widen(beta);
    const Numbers ds = widen(dy), ones(static_cast<std::size_t>(n), 1.0), zeros(static_cast<std::size_t>(n), 0.0);
    const auto run = [&] { return reference.forward(xs, gs, bs, 0.1); };
    const auto run_plain = [&] { return reference.forward(xs, ones, zeros, 0.1); };
    const Numbers want = run(), want_plain = run_plain();
    for (I i = 0; i < rows * n; ++i) {
      const auto s = static_cast<std::size_t>(i);
      EXPECT_NEAR(static_cast<double>(y[i]), want[s], tolerance);
      EXPECT_NEAR(static_cast<double>(plain[i]), want_plain[s], tolerance);
      EXPECT_NEAR(static_cast<double>(dx[i]), Reference::slope(xs, s, ds, run), 10 * tolerance) << n;
      EXPECT_NEAR(static_cast<double>(plain_dx[i]), Reference::slope(xs, s, ds, run_plain), 10 * tolerance) << n;
    }
    for (I j = 0; j < n; ++j) {
      const auto s = static_cast<std::size_t>(j);
      EXPECT_NEAR(static_cast<double>(dgamma[j]), Reference::slope(gs, s, ds, run), 10 * tolerance);
      EXPECT_NEAR(static_cast<double>(dbeta[j]), Reference::slope(bs, s, ds, run), 10 * tolerance);
    }
  }
}

TYPED_TEST(NormTest, BatchNorm) {
  using T = TypeParam;
  const double tolerance = sizeof(T) == 4 ? 2e-5 : 1e-8;
  for (const I n : {1, 3, 4, 8, 11}) {
    for (const I positions : {2, 5, 12}) {
      const auto x = random_numbers<T>(positions * n, 1), gamma = random_numbers<T>(n, 2),
                 beta = random_numbers<T>(n, 3), dy = random_numbers<T>(positions * n, 4);
      Guarded<T> y(positions * n), mean(n), variance(n), dx(positions * n), dgamma(n), dbeta(n),
          frozen_dx(positions * n);
      const T epsilon = T(1e-3);
      for (I c = 0; c < n; ++c)
        batch_norm_statistics<T>(positions, c, c + 1, n, x.data(), mean.data(), variance.data());
      batch_norm<T>(0, 1, n, epsilon, x.data(), mean.data(), variance.data(), gamma.data(), beta.data(), y.data());
      batch_norm<T>(1, positions, n, epsilon, x.data(), mean.data(), variance.data(), gamma.data(), beta.data(),
                    y.data());
      batch_norm_parameter_gradient<T>(positions, 0, n, n, epsilon, x.data(), mean.data(), variance.data(), dy.data(),
                                       dgamma.data(), dbeta.data());
      batch_norm_gradient<T>(positions, 0, 1, n, epsilon, x.data(), mean.data(), variance.data(), gamma.data(),
                             dgamma.data(), dbeta.data(), dy.data(), dx.data());
      batch_norm_gradient<T>(positions, 1, positions, n, epsilon, x.data(), mean.data(), variance.data(), gamma.data(),
                             dgamma.data(), dbeta.data(), dy.data(), dx.data());
      batch_norm_gradient<T>(positions, 0, positions, n, epsilon, x.data(), mean.data(), variance.data(), gamma.data(),
                             nullptr, nullptr, dy.data(), frozen_dx.data());
      ASSERT_TRUE(y.intact() && mean.intact() && variance.intact() && dx.intact() && dgamma.intact() && dbeta.intact());
      ASSERT_TRUE(frozen_dx.intact());
      const Reference reference{n, positions, n, false};
      Numbers xs = widen(x), gs = widen(gamma), bs = widen(beta);
      const Numbers ds = widen(dy);
      const auto run = [&] { return reference.forward(xs, gs, bs, 1e-3); };
      const Numbers want = run();
      for (I i = 0; i < positions * n; ++i) {
        const auto s = static_cast<std::size_t>(i);
        const I c = i % n;
        EXPECT_NEAR(static_cast<double>(y[i]), want[s], tolerance);
        EXPECT_NEAR(static_cast<double>(dx[i]), Reference::slope(xs, s, ds, run), 20 * tolerance);
        EXPECT_NEAR(static_cast<double>(frozen_dx[i]),
                    ds[s] * gs[static_cast<std::size_t>(c)] / std::sqrt(static_cast<double>(variance[c]) + 1e-3),
                    tolerance);
      }
      for (I c = 0; c < n; ++c) {
        const auto s = static_cast<std::size_t>(c);
        EXPECT_NEAR(static_cast<double>(dgamma[c]), Reference::slope(gs, s, ds, run), 10 * tolerance);
        EXPECT_NEAR(static_cast<double>(dbeta[c]), Reference::slope(bs, s, ds, run), 10 * tolerance);
      }
    }
  }
}

TYPED_TEST(NormTest, AFarMeanDoesNotDrownTheVariance) {
  using T = TypeParam;
  constexpr I n = 100;
  Guarded<T> x(n), y(n), mean(1), variance(1);
  for (I i = 0; i < n; ++i) x[i] = T(1000) + T(i % 2);
  batch_norm_statistics<T>(n, 0, 1, 1, x.data(), mean.data(), variance.data());
  EXPECT_NEAR(static_cast<double>(variance[0]), 0.25, 1e-3);
  batch_norm<T>(0, n, 1, T(0), x.data(), mean.data(), variance.data(), nullptr, nullptr, y.data());
  EXPECT_NEAR(static_cast<double>(y[1] - y[0]), 2, 1e-2);
}

}  // namespace
}  // namespace trainyard::kernels
