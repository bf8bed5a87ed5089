// gemm against a plain loop in double, at sizes around every edge of tiles and blocks, and its invariant: the bits of
// an element depend on nothing but its row, its column and k.
#include "kernels/gemm/gemm.hpp"

#include <functional>

#include "buffers.hpp"
#include "kernels/gemm/tune.hpp"

namespace trainyard::kernels {
namespace {

template <class T>
struct Problem {
  Gemm<T> g;
  Guarded<T> a, b, c;

  Problem(Transpose transpose, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t slack = 0)
      : a(random_numbers<T>((transpose == Transpose::tn ? k : m) * ((transpose == Transpose::tn ? m : k) + slack), 1)),
        b(random_numbers<T>((transpose == Transpose::nt ? n : k) * ((transpose == Transpose::nt ? k : n) + slack), 2)),
        c(m * (n + slack)) {
    g.transpose = transpose;
    g.m = m;
    g.n = n;
    g.k = k;
    if (slack > 0) {
      g.lda = (transpose == Transpose::tn ? m : k) + slack;
      g.ldb = (transpose == Transpose::nt ? k : n) + slack;
      g.ldc = n + slack;
    }
    g.a = a.data();
    g.b = b.data();
    g.c = c.data();
  }
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;
  [[nodiscard]] std::int64_t ldc() const { return g.ldc == 0 ? g.n : g.ldc; }

  /// The product's element and the sum of magnitudes behind it.
  [[nodiscard]] std::pair<double, double> element(std::int64_t i, std::int64_t j) const {
    const std::int64_t lda = g.lda != 0 ? g.lda : g.transpose == Transpose::tn ? g.m : g.k;
    const std::int64_t ldb = g.ldb != 0 ? g.ldb : g.transpose == Transpose::nt ? g.k : g.n;
    double value = 0;
    double scale = 0;
    for (std::int64_t p = 0; p < g.k; ++p) {
      const double product = static_cast<double>(g.transpose == Transpose::tn ? a[p * lda + i] : a[i * lda + p]) *
                             static_cast<double>(g.transpose == Transpose::nt ? b[j * ldb + p] : b[p * ldb + j]);
      value += product;
      scale += std::abs(product);
    }
    return {value, scale};
  }
  void run() {
    Scratch scratch(gemm_scratch_bytes<T>(g.transpose, g.m, g.n, g.k));
    gemm(g, 0, g.m, scratch.data());
    EXPECT_TRUE(scratch.intact());
  }
};

constexpr Transpose all_forms[] = {Transpose::nn, Transpose::nt, Transpose::tn};

template <class T>
void check(Transpose transpose, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t slack = 0) {
  Problem<T> p(transpose, m, n, k, slack);
  p.run();
  ASSERT_TRUE(p.c.intact());
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      const auto [want, scale] = p.element(i, j);
      ASSERT_TRUE(close(p.c[i * p.ldc() + j], want, scale))
          << "form " << static_cast<int>(transpose) << " m " << m << " n " << n << " k " << k << " at " << i << ',' << j
          << ": " << p.c[i * p.ldc() + j] << " for " << want;
    }
    for (std::int64_t j = n; j < p.ldc(); ++j) ASSERT_TRUE(std::isnan(p.c[i * p.ldc() + j]));
  }
}

template <class T>
class GemmTest : public testing::Test {};
TYPED_TEST_SUITE(GemmTest, Precisions);

TYPED_TEST(GemmTest, EveryEdgeOfTheTile) {
  const std::int64_t mr = gemm_row_grain<TypeParam>();
  const std::int64_t lanes = vector_lanes<TypeParam>();
  for (const Transpose form : all_forms) {
    for (const std::int64_t m : {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, mr - 1, mr, mr + 1, 2 * mr + 3}) {
      for (const std::int64_t n : {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, lanes - 1, lanes, lanes + 1,
                                   2 * lanes - 1, 2 * lanes, 2 * lanes + 1, 3 * lanes, 5 * lanes + 2}) {
        for (const std::int64_t k : {1, 2, 3, 4, 7, 8, 17, 33}) check<TypeParam>(form, m, n, k);
      }
    }
  }
}

TYPED_TEST(GemmTest, EveryEdgeOfTheBlocks) {
  for (const Transpose form : all_forms) {
    for (const std::int64_t k : {gemm_k_block - 1, gemm_k_block, gemm_k_block + 1, 2 * gemm_k_block + 5}) {
      check<TypeParam>(form, 13, 37, k);
    }
    for (const std::int64_t m : {95, 96, 97, 255, 257}) check<TypeParam>(form, m, 130, 70);
    for (const std::int64_t n : {127, 128, 129, 511, 512, 513, 545}) check<TypeParam>(form, 50, n, 20);
    check<TypeParam>(form, 70, 260, 70);
    check<TypeParam>(form, 97, 545, 70);
    for (const std::int64_t n : {511, 512, 513, 1037}) check<TypeParam>(form, 1, n, gemm_k_block + 5);
  }
}

TYPED_TEST(GemmTest, LeadingDimensionsLargerThanTheMatrices) {
  for (const Transpose form : all_forms) {
    check<TypeParam>(form, 7, 11, 5, 3);
    check<TypeParam>(form, 130, 150, 70, 9);
    check<TypeParam>(form, 1, 550, 300, 9);
  }
}

TYPED_TEST(GemmTest, AnyCutGivesTheSameBits) {
  using T = TypeParam;
  struct Size {
    std::int64_t m, n, k;
  };
  for (const Transpose form : all_forms) {
    for (const auto [m, n, k] : {Size{23, 29, 300}, Size{10, 8, 2}, Size{260, 140, 70}, Size{70, 260, 70},
                                 Size{3, 1037, 530}, Size{9, 1, 33}, Size{9, 2, 3}}) {
      Problem<T> whole(form, m, n, k);
      const auto bias = random_numbers<T>(n, 3);
      whole.g.bias = bias.data();
      whole.g.activation = Activation::tanh;
      whole.run();
      Problem<T> cut(form, m, n, k);
      cut.g.bias = bias.data();
      cut.g.activation = Activation::tanh;
      for (std::int64_t at = 1; at < m; at += 1 + m / 9) {
        for (std::int64_t at_column = 0; at_column < n; at_column += 1 + n / 4) {
          for (std::int64_t i = 0; i < m * n; ++i) cut.c[i] = std::numeric_limits<T>::quiet_NaN();
          Scratch scratch(gemm_scratch_bytes<T>(form, m, n, k));
          gemm(cut.g, 0, at, 0, at_column, scratch.data());
          gemm(cut.g, at, m, 0, at_column, scratch.data());
          gemm(cut.g, 0, at, at_column, n, scratch.data());
          gemm(cut.g, at, m, at_column, n, scratch.data());
          ASSERT_TRUE(scratch.intact());
          ASSERT_TRUE(cut.c.intact());
          ASSERT_TRUE(cut.c.same_bits(whole.c)) << m << 'x' << n << 'x' << k << " cut at " << at << ',' << at_column;
        }
      }
    }
  }
}

TYPED_TEST(GemmTest, ARowByLanesIsRightHoweverCut) {
  using T = TypeParam;
  for (const auto& [n, k] : {std::pair{77, 301}, std::pair{1, 1}, std::pair{9, 3}, std::pair{600, 2 * gemm_k_block}}) {
    const auto bias = random_numbers<T>(n, 3);
    Problem<T> whole(Transpose::nt, 1, n, k, 3);
    whole.g.by_lanes = true;
    whole.g.bias = bias.data();
    whole.run();
    ASSERT_TRUE(whole.c.intact());
    for (std::int64_t j = 0; j < n; ++j) {
      EXPECT_TRUE(close(whole.c[j], whole.element(0, j).first + static_cast<double>(bias[j]), k)) << j;
    }
    for (std::int64_t at = 1; at < n; at += 1 + n / 50) {
      Problem<T> cut(Transpose::nt, 1, n, k, 3);
      cut.g.by_lanes = true;
      cut.g.bias = bias.data();
      Scratch scratch(gemm_scratch_bytes<T>(Transpose::nt, 1, n, k));
      gemm(cut.g, 0, 1, 0, at, scratch.data());
      gemm(cut.g, 0, 1, at, n, scratch.data());
      ASSERT_TRUE(scratch.intact() && cut.c.intact());
      EXPECT_TRUE(cut.c.same_bits(whole.c)) << at;
    }
  }
}

TYPED_TEST(GemmTest, ScratchForALargeProductServesSmallerOnes) {
  using T = TypeParam;
  const std::int64_t sizes[] = {1, 5, 24, 33, 64, 127, 128, 256, 300, 600};
  for (const Transpose form : all_forms) {
    for (const std::int64_t m : sizes) {
      for (const std::int64_t n : sizes) {
        for (const std::int64_t k : sizes) {
          const std::size_t bytes = gemm_scratch_bytes<T>(form, m, n, k);
          EXPECT_LE(gemm_scratch_bytes<T>(form, m / 2, n, k), bytes);
          EXPECT_LE(gemm_scratch_bytes<T>(form, m, n / 2, k), bytes);
          EXPECT_LE(gemm_scratch_bytes<T>(form, m, n, k / 2), bytes);
        }
      }
    }
  }
}

TYPED_TEST(GemmTest, PackedOnceGivesTheSameBits) {
  using T = TypeParam;
  struct Size {
    std::int64_t m, n, k;
  };
  for (const Transpose form : {Transpose::nn, Transpose::nt}) {
    for (const auto [m, n, k] :
         {Size{1, 1, 1}, Size{7, 29, 300}, Size{32, 256, 64}, Size{9, 545, 3}, Size{5, 600, 600}}) {
      const auto bias = random_numbers<T>(n, 3);
      Problem<T> plain(form, m, n, k, 5);
      plain.g.bias = bias.data();
      plain.run();
      Problem<T> packed(form, m, n, k, 5);
      packed.g.bias = bias.data();
      Guarded<T> panels(gemm_packed_numbers<T>(n, k));
      gemm_pack_b(packed.g, panels.data());
      EXPECT_TRUE(panels.intact());
      packed.g.packed = panels.data();
      packed.run();
      EXPECT_TRUE(packed.c.intact());
      EXPECT_TRUE(packed.c.same_bits(plain.c)) << m << 'x' << n << 'x' << k;
    }
  }
}

/// Whatever a test chooses, the others find what was there.
class Shapes : public testing::Test {
 protected:
  void TearDown() override { gemm_choose(before_); }

 private:
  int before_ = gemm_shape();
};

TEST_F(Shapes, AllGiveTheSameBits) {
  const int lanes = vector_lanes<float>();
  for (int shape = 1; shape < gemm_shapes(); ++shape) {
    for (const Transpose form : all_forms) {
      for (const std::int64_t m : {2, 3, 4, 5, 6, 7, 13, 100}) {
        for (const std::int64_t n :
             {1, 2, lanes, lanes + 1, 2 * lanes + 3, 3 * lanes, 4 * lanes + 1, 7 * lanes + 2, 545}) {
          for (const std::int64_t k : {1, 33, 70, 300}) {
            const auto bias = random_numbers<float>(n, 3);
            gemm_choose(0);
            Problem<float> usual(form, m, n, k, 3);
            usual.g.bias = bias.data();
            usual.run();
            gemm_choose(shape);
            Problem<float> other(form, m, n, k, 3);
            other.g.bias = bias.data();
            other.run();
            ASSERT_TRUE(other.c.intact());
            ASSERT_TRUE(other.c.same_bits(usual.c)) << m << 'x' << n << 'x' << k << " shape " << shape;
            if (form == Transpose::tn) continue;
            Guarded<float> panels(gemm_packed_numbers<float>(n, k));
            gemm_pack_b(other.g, panels.data());
            EXPECT_TRUE(panels.intact());
            other.g.packed = panels.data();
            other.run();
            ASSERT_TRUE(other.c.same_bits(usual.c)) << m << 'x' << n << 'x' << k << " packed, shape " << shape;
          }
        }
      }
    }
  }
}

TEST_F(Shapes, TheFastestIsOneOfThemAndFindingItChoosesNone) {
  gemm_choose(gemm_shapes() - 1);
  const int fastest = gemm_fastest_shape(1);
  EXPECT_TRUE(fastest >= 0 && fastest < gemm_shapes());
  EXPECT_EQ(gemm_shape(), gemm_shapes() - 1);
}

TYPED_TEST(GemmTest, AddsToWhatIsThere) {
  using T = TypeParam;
  for (const Transpose form : all_forms) {
    for (const std::int64_t m : {1, 9}) {
      for (const auto& [n, k] : {std::pair{3, 300}, std::pair{40, 300}, std::pair{3, 7}}) {
        Problem<T> p(form, m, n, k);
        const auto before = random_numbers<T>(m * n, 4);
        const auto bias = random_numbers<T>(n, 5);
        for (std::int64_t i = 0; i < m * n; ++i) p.c[i] = before[i];
        p.g.accumulate = true;
        p.g.bias = bias.data();
        p.run();
        for (std::int64_t i = 0; i < m; ++i) {
          for (std::int64_t j = 0; j < n; ++j) {
            const auto [want, scale] = p.element(i, j);
            const double start = static_cast<double>(before[i * n + j]) + static_cast<double>(bias[j]);
            EXPECT_TRUE(close(p.c[i * n + j], want + start, scale + 2));
          }
        }
      }
    }
  }
}

TYPED_TEST(GemmTest, NoProductsLeaveZeroTheBiasOrWhatIsThere) {
  constexpr std::int64_t n = 61;
  const auto bias = random_numbers<TypeParam>(n, 3);
  for (const Transpose form : all_forms) {
    for (const std::int64_t m : {1, 5}) {
      Problem<TypeParam> p(form, m, n, 0);
      p.run();
      for (std::int64_t i = 0; i < m * n; ++i) EXPECT_EQ(p.c[i], TypeParam(0));
      p.g.bias = bias.data();
      p.run();
      for (std::int64_t i = 0; i < m * n; ++i) EXPECT_EQ(p.c[i], bias[i % n]);
      p.g.bias = nullptr;
      for (std::int64_t i = 0; i < m * n; ++i) p.c[i] = TypeParam(3);
      p.g.accumulate = true;
      p.run();
      for (std::int64_t i = 0; i < m * n; ++i) EXPECT_EQ(p.c[i], TypeParam(3));
    }
  }
}

double reference_activation(Activation a, double x, double slope) {
  switch (a) {
    case Activation::none: return x;
    case Activation::relu: return x > 0 ? x : 0;
    case Activation::leaky_relu: return x > 0 ? x : slope * x;
    case Activation::tanh: return std::tanh(x);
    case Activation::sigmoid: return 1 / (1 + std::exp(-x));
    case Activation::gelu: return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
    case Activation::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
    case Activation::silu: return x / (1 + std::exp(-x));
  }
  return 0;
}

constexpr Activation all_activations[] = {Activation::none,      Activation::relu,    Activation::leaky_relu,
                                          Activation::tanh,      Activation::sigmoid, Activation::gelu,
                                          Activation::gelu_tanh, Activation::silu};

TYPED_TEST(GemmTest, BiasAndActivationAreFused) {
  using T = TypeParam;
  for (const Activation activation : all_activations) {
    for (const std::int64_t n : {1, 2, 3, 5, 35}) {
      Problem<T> p(Transpose::nn, 7, n, 4);
      const auto bias = random_numbers<T>(n, 3);
      Guarded<T> before(7 * n);
      p.g.bias = bias.data();
      p.g.pre_activation = before.data();
      p.g.activation = activation;
      p.g.slope = T(0.2);
      p.run();
      EXPECT_TRUE(before.intact());
      Problem<T> again(Transpose::nn, 7, n, 4);
      again.g.bias = bias.data();
      again.g.activation = activation;
      again.g.slope = T(0.2);
      again.run();
      EXPECT_TRUE(again.c.same_bits(p.c)) << "keeping the activation's input must not change its output";
      for (std::int64_t i = 0; i < 7; ++i) {
        for (std::int64_t j = 0; j < n; ++j) {
          const double x = p.element(i, j).first + static_cast<double>(bias[j]);
          EXPECT_TRUE(close(before[i * n + j], x, 4));
          EXPECT_TRUE(close(p.c[i * n + j], reference_activation(activation, x, 0.2), 4))
              << static_cast<int>(activation);
        }
      }
    }
  }
}

TYPED_TEST(GemmTest, TheDerivativeIsThatOfTheActivation) {
  using T = TypeParam;
  for (const Activation activation : all_activations) {
    Problem<T> p(Transpose::nt, 5, 37, 3);
    Guarded<T> x = random_numbers<T>(5 * 37, 5);
    Guarded<T> y(5 * 37);
    for (std::int64_t i = 0; i < x.size(); ++i) {
      x[i] *= T(4);
      constexpr T near_zero[] = {T(0), T(-0.0), T(1e-38), T(-1e-35), T(1e-30), T(1e-4)};
      if (derivative_needs_input(activation) && i < 6) x[i] = near_zero[i];
      y[i] = static_cast<T>(reference_activation(activation, static_cast<double>(x[i]), 0.2));
    }
    p.g.slope = T(0.2);
    p.g.derivative_x = derivative_needs_input(activation) ? x.data() : nullptr;
    p.g.derivative_y = y.data();
    p.g.derivative_of = activation;
    p.run();
    for (std::int64_t i = 0; i < 5; ++i) {
      for (std::int64_t j = 0; j < 37; ++j) {
        const double at_x = static_cast<double>(x[i * 37 + j]);
        constexpr double h = 1e-5;
        const double slope =
            (reference_activation(activation, at_x + h, 0.2) - reference_activation(activation, at_x - h, 0.2)) /
            (2 * h);
        const double want = p.element(i, j).first * slope;
        EXPECT_NEAR(static_cast<double>(p.c[i * 37 + j]), want, sizeof(T) == 4 ? 3e-6 : 1e-9)
            << static_cast<int>(activation) << " at " << at_x;
      }
    }
  }
}

}  // namespace
}  // namespace trainyard::kernels
