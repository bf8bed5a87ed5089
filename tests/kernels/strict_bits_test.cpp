// Builds with 128-bit lanes and without fused multiply-adds (native SSE4.2, strict WebAssembly) give the same bits.
// The hashes below were written down from the native build; every other strict build must find the same. Builds that
// fuse multiply-adds or have wider lanes have none of these tests.
#if !defined(__AVX__) && !defined(__ARM_FEATURE_FMA) && !defined(__wasm_relaxed_simd__)
#include <functional>

#include "buffers.hpp"
#include "kernels/conv/conv.hpp"
#include "kernels/dropout.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/gemm/gemm.hpp"
#include "kernels/norm.hpp"
#include "kernels/pool.hpp"
#include "kernels/softmax.hpp"

namespace trainyard::kernels {
namespace {

using I = std::int64_t;

std::uint64_t hash(const Guarded<float>& x) {
  std::uint64_t h = 0xCBF29CE484222325U;
  for (I i = 0; i < x.size(); ++i) {
    auto bits = std::bit_cast<std::uint32_t>(x[i]);
    for (int byte = 0; byte < 4; ++byte, bits >>= 8) h = (h ^ (bits & 0xFF)) * 0x100000001B3U;
  }
  return h;
}

std::uint64_t both(const Guarded<float>& a, const Guarded<float>& b) { return 3 * hash(a) + hash(b); }

TEST(StrictBits, HaveLanesOf128) { EXPECT_EQ(vector_lanes<float>(), 4); }

TEST(StrictBits, ProductsOfOneRow) {
  const std::uint64_t want[] = {0xDF88B278664F41BFU, 0x20A4E2E028F13886U};
  for (const Transpose form : {Transpose::nn, Transpose::nt}) {
    constexpr I n = 45, k = 300;
    const auto a = random_numbers<float>(k, 1), b = random_numbers<float>(k * n, 2);
    Guarded<float> c(n);
    Scratch scratch(gemm_scratch_bytes<float>(form, 1, n, k));
    const Gemm<float> g{
        .transpose = form, .m = 1, .n = n, .k = k, .a = a.data(), .b = b.data(), .c = c.data(), .by_lanes = true};
    gemm(g, 0, 1, scratch.data());
    EXPECT_EQ(hash(c), want[static_cast<std::size_t>(form)]);
  }
}

TEST(StrictBits, Products) {
  const std::uint64_t want[] = {0x62DB4900A20EC7B7U, 0x6830EA74BFC155ABU, 0xA6436243E633A247U};
  for (const Transpose form : {Transpose::nn, Transpose::nt, Transpose::tn}) {
    constexpr I m = 37, n = 45, k = 300;
    const auto a = random_numbers<float>(m * k, 1), b = random_numbers<float>(k * n, 2),
               bias = random_numbers<float>(n, 3);
    Guarded<float> c(m * n);
    Scratch scratch(gemm_scratch_bytes<float>(form, m, n, k));
    const Gemm<float> g{.transpose = form,
                        .m = m,
                        .n = n,
                        .k = k,
                        .a = a.data(),
                        .b = b.data(),
                        .c = c.data(),
                        .bias = bias.data(),
                        .activation = Activation::tanh};
    gemm(g, 0, m, scratch.data());
    EXPECT_EQ(hash(c), want[static_cast<std::size_t>(form)]);
  }
}

TEST(StrictBits, Activations) {
  const std::uint64_t want[] = {0x82D2BB0ACCD47DD4U, 0x36E59CAC8A24CBA8U, 0xE7F76B0AE299D71DU, 0x8BDB5FBF6AB00B27U,
                                0x8C98D5597449E027U, 0x74187AB6D4CA3129U, 0x171847DF28A21F7AU};
  auto x = random_numbers<float>(1003, 1);
  for (I i = 0; i < x.size(); ++i) x[i] *= 9;
  Guarded<float> y(x.size()), dx(x.size());
  std::size_t at = 0;
  for (const Activation a : {Activation::relu, Activation::leaky_relu, Activation::tanh, Activation::sigmoid,
                             Activation::gelu, Activation::gelu_tanh, Activation::silu}) {
    activation_forward<float>(a, 0.1F, 0, x.size(), x.data(), y.data());
    activation_gradient<float>(a, 0.1F, 0, x.size(), x.data(), y.data(), x.data(), dx.data());
    EXPECT_EQ(both(y, dx), want[at++]) << static_cast<int>(a);
  }
}

TEST(StrictBits, Convolution) {
  Conv c;
  c.height = 11;
  c.width = 9;
  c.in_channels = 3;
  c.out_channels = 10;
  c.kernel_h = c.kernel_w = 3;
  c.stride_h = 2;
  c.pad_top = c.pad_bottom = c.pad_left = c.pad_right = 1;
  const auto x = random_numbers<float>(2 * c.in_size(), 1), w = random_numbers<float>(c.weight_size(), 2);
  Guarded<float> y(2 * c.out_size()), dx(2 * c.in_size()), dw(c.weight_size()), db(c.out_channels);
  Scratch forward(conv_forward_scratch_bytes<float>(c)), input(conv_input_gradient_scratch_bytes<float>(c)),
      weight(conv_weight_gradient_scratch_bytes<float>(c));
  conv_forward<float>(c, 0, 2, x.data(), w.data(), y.data(), {}, forward.data());
  conv_input_gradient<float>(c, 0, 2, y.data(), w.data(), dx.data(), false, {}, input.data());
  conv_weight_gradient<float>(c, 0, 2, x.data(), y.data(), dw.data(), db.data(), weight.data());
  EXPECT_EQ(hash(y), 0x925D440268202C15U);
  EXPECT_EQ(hash(dx), 0xDFAD6739CE80944CU);
  EXPECT_EQ(both(dw, db), 0xFC989957F6521EEBU);
}

TEST(StrictBits, RowsColumnsAndWindows) {
  constexpr I rows = 21, n = 19;
  const auto x = random_numbers<float>(rows * n, 1), dy = random_numbers<float>(rows * n, 2),
             gamma = random_numbers<float>(n, 3);
  Guarded<float> y(rows * n), dx(rows * n), mean(rows), rstd(rows), sums(n), variances(n);
  softmax(0, rows, n, x.data(), y.data());
  softmax_gradient(0, rows, n, y.data(), dy.data(), dx.data());
  EXPECT_EQ(both(y, dx), 0x5623D421B292CD3DU);
  layer_norm<float>(0, rows, n, 1e-5F, x.data(), gamma.data(), gamma.data(), y.data(), mean.data(), rstd.data());
  layer_norm_gradient<float>(0, rows, n, x.data(), gamma.data(), mean.data(), rstd.data(), dy.data(), dx.data());
  EXPECT_EQ(both(y, dx), 0x48EC54E6B1EAE612U);
  batch_norm_statistics<float>(rows, 0, n, n, x.data(), sums.data(), variances.data());
  batch_norm<float>(0, rows, n, 1e-5F, x.data(), sums.data(), variances.data(), gamma.data(), gamma.data(), y.data());
  EXPECT_EQ(hash(y), 0x922E90A578A051F7U);
  Pool p;
  p.height = 7;
  p.width = 3;
  p.channels = static_cast<std::int32_t>(n);
  p.kernel_h = p.kernel_w = 2;
  Guarded<float> pooled(p.out_size());
  max_pool(p, 0, 1, x.data(), pooled.data());
  Guarded<float> average(p.out_size());
  average_pool(p, 0, 1, x.data(), average.data());
  EXPECT_EQ(both(pooled, average), 0x7D135BDD3674D17EU);
  dropout<float>({1, 2, 3, 0.4}, 0, 0, rows * n, x.data(), y.data());
  EXPECT_EQ(hash(y), 0x501D4C1F8E8CD7DDU);
}

}  // namespace
}  // namespace trainyard::kernels

#endif
