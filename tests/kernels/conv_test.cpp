// The three directions of a convolution against plain loops in double.
#include "kernels/conv/conv.hpp"

#include <functional>
#include <string>

#include "buffers.hpp"
#include "kernels/gemm/gemm.hpp"

namespace trainyard::kernels {
namespace {

using I = std::int64_t;

/// Calls f(index in x, index in w, index in y) for every product of the convolution of one image.
void over_products(const Conv& c, const std::function<void(I, I, I)>& f) {
  const I group_in = c.in_channels / c.groups;
  const I group_out = c.out_channels / c.groups;
  for (I oy = 0; oy < c.out_height(); ++oy) {
    for (I ox = 0; ox < c.out_width(); ++ox) {
      for (I ky = 0; ky < c.kernel_h; ++ky) {
        for (I kx = 0; kx < c.kernel_w; ++kx) {
          const I y = oy * c.stride_h + ky * c.dilation_h - c.pad_top;
          const I x = ox * c.stride_w + kx * c.dilation_w - c.pad_left;
          if (y < 0 || y >= c.height || x < 0 || x >= c.width) continue;
          for (I o = 0; o < c.out_channels; ++o) {
            for (I i = 0; i < group_in; ++i) {
              f((y * c.width + x) * c.in_channels + o / group_out * group_in + i,
                ((ky * c.kernel_w + kx) * group_in + i) * c.out_channels + o,
                (oy * c.out_width() + ox) * c.out_channels + o);
            }
          }
        }
      }
    }
  }
}

std::string text(const Conv& c) {
  return std::to_string(c.height) + 'x' + std::to_string(c.width) + 'x' + std::to_string(c.in_channels) + " -> " +
         std::to_string(c.out_channels) + ", kernel " + std::to_string(c.kernel_h) + 'x' + std::to_string(c.kernel_w) +
         ", stride " + std::to_string(c.stride_h) + ',' + std::to_string(c.stride_w) + ", pad " +
         std::to_string(c.pad_top) + ',' + std::to_string(c.pad_bottom) + ',' + std::to_string(c.pad_left) + ',' +
         std::to_string(c.pad_right) + ", dilation " + std::to_string(c.dilation_h) + ',' +
         std::to_string(c.dilation_w) + ", groups " + std::to_string(c.groups);
}

template <class T>
void expect_close(const Guarded<T>& got, const std::vector<double>& want, const std::vector<double>& scale,
                  const char* what, const Conv& c) {
  ASSERT_TRUE(got.intact()) << what << ' ' << text(c);
  for (I i = 0; i < got.size(); ++i) {
    const auto s = static_cast<std::size_t>(i);
    ASSERT_TRUE(close(got[i], want[s], scale[s]))
        << what << ' ' << text(c) << " at " << i << ": " << got[i] << " for " << want[s];
  }
}

template <class T>
void check(const Conv& c) {
  constexpr I rows = 3;
  const auto x = random_numbers<T>(rows * c.in_size(), 1);
  const auto w = random_numbers<T>(c.weight_size(), 2);
  const auto dy = random_numbers<T>(rows * c.out_size(), 3);
  const auto sized = [](I n) { return std::vector<double>(static_cast<std::size_t>(n)); };
  auto y = sized(rows * c.out_size()), y_scale = y, dx = sized(rows * c.in_size()), dx_scale = dx;
  auto dw = sized(c.weight_size()), dw_scale = dw, db = sized(c.out_channels), db_scale = db;
  for (I r = 0; r < rows; ++r) {
    over_products(c, [&](I xi, I wi, I yi) {
      const I xr = r * c.in_size() + xi;
      const I yr = r * c.out_size() + yi;
      const auto add = [](std::vector<double>& value, std::vector<double>& scale, I at, T a, T b) {
        const double product = static_cast<double>(a) * static_cast<double>(b);
        value[static_cast<std::size_t>(at)] += product;
        scale[static_cast<std::size_t>(at)] += std::abs(product);
      };
      add(y, y_scale, yr, x[xr], w[wi]);
      add(dx, dx_scale, xr, dy[yr], w[wi]);
      add(dw, dw_scale, wi, x[xr], dy[yr]);
    });
  }
  for (I i = 0; i < rows * c.out_size(); ++i) {
    db[static_cast<std::size_t>(i % c.out_channels)] += static_cast<double>(dy[i]);
    db_scale[static_cast<std::size_t>(i % c.out_channels)] += 1;
  }

  Guarded<T> got_y(rows * c.out_size()), got_dx(rows * c.in_size()), got_dw(c.weight_size()), got_db(c.out_channels);
  Scratch forward(conv_forward_scratch_bytes<T>(c)), input(conv_input_gradient_scratch_bytes<T>(c)),
      weight(conv_weight_gradient_scratch_bytes<T>(c));
  conv_forward<T>(c, 0, rows, x.data(), w.data(), got_y.data(), {}, forward.data());
  conv_input_gradient<T>(c, 0, rows, dy.data(), w.data(), got_dx.data(), false, {}, input.data());
  conv_weight_gradient<T>(c, 0, rows, x.data(), dy.data(), got_dw.data(), got_db.data(), weight.data());
  ASSERT_TRUE(forward.intact() && input.intact() && weight.intact()) << text(c);
  expect_close(got_y, y, y_scale, "y", c);
  expect_close(got_dx, dx, dx_scale, "dx", c);
  expect_close(got_dw, dw, dw_scale, "dw", c);
  expect_close(got_db, db, db_scale, "db", c);

  Guarded<T> cut_y(rows * c.out_size()), cut_dx(rows * c.in_size(), T(0.5));
  for (I r = 0; r < rows; ++r) {
    Scratch again(conv_forward_scratch_bytes<T>(c)), input_again(conv_input_gradient_scratch_bytes<T>(c));
    conv_forward<T>(c, r, r + 1, x.data(), w.data(), cut_y.data(), {}, again.data());
    conv_input_gradient<T>(c, r, r + 1, dy.data(), w.data(), cut_dx.data(), true, {}, input_again.data());
  }
  EXPECT_TRUE(cut_y.same_bits(got_y)) << text(c);
  for (std::size_t i = 0; i < dx.size(); ++i) {
    dx[i] += 0.5;
    dx_scale[i] += 1;
  }
  expect_close(cut_dx, dx, dx_scale, "accumulated dx", c);
}

Conv square(int size, int in, int out, int kernel, int stride = 1, int pad = 0, int dilation = 1, int groups = 1) {
  Conv c;
  c.height = c.width = size;
  c.in_channels = in;
  c.out_channels = out;
  c.kernel_h = c.kernel_w = kernel;
  c.stride_h = c.stride_w = stride;
  c.pad_top = c.pad_bottom = c.pad_left = c.pad_right = pad;
  c.dilation_h = c.dilation_w = dilation;
  c.groups = groups;
  return c;
}

template <class T>
class ConvTest : public testing::Test {};
TYPED_TEST_SUITE(ConvTest, Precisions);

TYPED_TEST(ConvTest, ChannelsAroundTheEdgesOfTheTile) {
  const int lanes = vector_lanes<TypeParam>();
  for (const int out : {1, 3, lanes, lanes + 1, 2 * lanes, 2 * lanes + 3}) {
    for (const int in : {1, 2, 5, lanes}) check<TypeParam>(square(7, in, out, 3));
  }
}

TYPED_TEST(ConvTest, KernelsStridesPaddingsAndDilations) {
  for (const int kernel : {1, 2, 3, 5}) {
    for (const int stride : {1, 2, 3, 5}) {
      for (const int pad : {0, 1, 2}) {
        for (const int dilation : {1, 2}) {
          if (dilation * (kernel - 1) + 1 <= 9 + 2 * pad)
            check<TypeParam>(square(9, 2, 3, kernel, stride, pad, dilation));
        }
      }
    }
  }
}

TYPED_TEST(ConvTest, UnequalSizesAlongTheTwoAxes) {
  Conv c;
  c.height = 8;
  c.width = 11;
  c.in_channels = 3;
  c.out_channels = 4;
  c.kernel_h = 4;
  c.kernel_w = 2;
  c.stride_h = 1;
  c.stride_w = 3;
  c.pad_top = 1;
  c.pad_bottom = 2;
  c.pad_left = 0;
  c.pad_right = 1;
  c.dilation_w = 3;
  check<TypeParam>(c);
  c.stride_h = 2;
  c.stride_w = 1;
  c.dilation_h = 2;
  check<TypeParam>(c);
}

TYPED_TEST(ConvTest, MorePixelsAndTapsThanABlock) {
  check<TypeParam>(square(21, 1, 8, 3));
  check<TypeParam>(square(7, 33, 17, 3, 1, 1));
  check<TypeParam>(square(5, 300, 70, 1));
}

TYPED_TEST(ConvTest, GroupsAndDepthwise) {
  const int lanes = vector_lanes<TypeParam>();
  check<TypeParam>(square(6, 4, 6, 3, 1, 1, 1, 2));
  check<TypeParam>(square(6, 6, 6, 3, 2, 1, 1, 3));
  check<TypeParam>(square(6, 3, 6, 3, 1, 1, 1, 3));
  for (const int channels : {2, lanes, lanes + 3}) {
    check<TypeParam>(square(7, channels, channels, 3, 1, 1, 1, channels));
    check<TypeParam>(square(7, channels, channels, 3, 2, 1, 2, channels));
  }
}

TYPED_TEST(ConvTest, EpiloguesSeeTheWholeTensors) {
  using T = TypeParam;
  const Conv c = square(21, 2, 5, 3, 1, 1);
  constexpr I rows = 2;
  const auto x = random_numbers<T>(rows * c.in_size(), 1);
  const auto w = random_numbers<T>(c.weight_size(), 2);
  const auto bias = random_numbers<T>(c.out_channels, 3);
  Guarded<T> plain(rows * c.out_size()), y(rows * c.out_size()), pre(rows * c.out_size());
  Scratch scratch(conv_forward_scratch_bytes<T>(c));
  conv_forward<T>(c, 0, rows, x.data(), w.data(), plain.data(), {}, scratch.data());
  conv_forward<T>(c, 0, rows, x.data(), w.data(), y.data(),
                  {.bias = bias.data(), .pre = pre.data(), .activation = Activation::silu}, scratch.data());
  EXPECT_TRUE(y.intact() && pre.intact());
  for (I i = 0; i < plain.size(); ++i) {
    const double sum = static_cast<double>(plain[i] + bias[i % c.out_channels]);
    EXPECT_TRUE(close(pre[i], sum, 1));
    EXPECT_TRUE(close(y[i], sum / (1 + std::exp(-sum)), 4));
  }
  Guarded<T> plain_dx(rows * c.in_size()), dx(rows * c.in_size());
  Scratch input(conv_input_gradient_scratch_bytes<T>(c));
  conv_input_gradient<T>(c, 0, rows, y.data(), w.data(), plain_dx.data(), false, {}, input.data());
  conv_input_gradient<T>(c, 0, rows, y.data(), w.data(), dx.data(), false,
                         {.derivative_of = Activation::relu, .y = x.data()}, input.data());
  for (I i = 0; i < dx.size(); ++i) EXPECT_EQ(dx[i], x[i] > T(0) ? plain_dx[i] : T(0));
}

TYPED_TEST(ConvTest, NoImagesGiveAZeroGradient) {
  using T = TypeParam;
  const Conv c = square(4, 2, 3, 3);
  Guarded<T> dw(c.weight_size()), db(c.out_channels);
  Scratch scratch(conv_weight_gradient_scratch_bytes<T>(c));
  conv_weight_gradient<T>(c, 2, 2, nullptr, nullptr, dw.data(), db.data(), scratch.data());
  for (I i = 0; i < dw.size(); ++i) EXPECT_EQ(dw[i], T(0));
  for (I i = 0; i < db.size(); ++i) EXPECT_EQ(db[i], T(0));
}

}  // namespace
}  // namespace trainyard::kernels
