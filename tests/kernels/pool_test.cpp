// Pooling against plain loops in double.
#include "kernels/pool.hpp"

#include <functional>

#include "buffers.hpp"

namespace trainyard::kernels {
namespace {

using I = std::int64_t;

std::vector<Pool> sizes(int lanes) {
  std::vector<Pool> all;
  for (const int channels : {1, 3, lanes, 2 * lanes + 1}) {
    for (const int kernel : {1, 2, 3}) {
      for (const int stride : {1, 2, 3}) {
        for (const int pad : {0, 1}) {
          for (const int dilation : {1, 2}) {
            if (2 * pad > kernel) continue;
            Pool p;
            p.height = 7;
            p.width = 6;
            p.channels = channels;
            p.kernel_h = p.kernel_w = kernel;
            p.stride_h = stride;
            p.stride_w = 1 + stride % 3;
            p.pad_h = p.pad_w = pad;
            p.dilation_h = dilation;
            p.dilation_w = 1;
            all.push_back(p);
          }
        }
      }
    }
  }
  Pool even;  // windows that tile the image: the gradient is written without a pass of zeros
  even.height = even.width = 6;
  even.channels = lanes + 1;
  even.kernel_h = even.kernel_w = even.stride_h = even.stride_w = 2;
  all.push_back(even);
  return all;
}

/// Calls f(output index of channel 0, input indices of its window) for one image.
void over_windows(const Pool& p, const std::function<void(I, const std::vector<I>&)>& f) {
  for (I oy = 0; oy < p.out_height(); ++oy) {
    for (I ox = 0; ox < p.out_width(); ++ox) {
      std::vector<I> window;
      for (I ky = 0; ky < p.kernel_h; ++ky) {
        for (I kx = 0; kx < p.kernel_w; ++kx) {
          const I y = oy * p.stride_h - p.pad_h + ky * p.dilation_h;
          const I x = ox * p.stride_w - p.pad_w + kx * p.dilation_w;
          if (y >= 0 && y < p.height && x >= 0 && x < p.width) window.push_back((y * p.width + x) * p.channels);
        }
      }
      f((oy * p.out_width() + ox) * p.channels, window);
    }
  }
}

template <class T>
class PoolTest : public testing::Test {};
TYPED_TEST_SUITE(PoolTest, Precisions);

constexpr I rows = 2;

TYPED_TEST(PoolTest, MaxAndItsGradient) {
  using T = TypeParam;
  for (const Pool& p : sizes(simd::lanes<T>)) {
    auto x = random_numbers<T>(rows * p.in_size(), 1);
    for (I i = 0; i < x.size(); ++i) x[i] = std::round(x[i] * T(3));  // ties are common
    const auto dy = random_numbers<T>(rows * p.out_size(), 2);
    Guarded<T> y(rows * p.out_size()), dx(rows * p.in_size()), added(rows * p.in_size(), T(2));
    max_pool(p, 0, rows, x.data(), y.data());
    max_pool_gradient(p, 0, 1, x.data(), y.data(), dy.data(), dx.data());
    max_pool_gradient(p, 1, rows, x.data(), y.data(), dy.data(), dx.data());
    max_pool_gradient(p, 0, rows, x.data(), y.data(), dy.data(), added.data(), true);
    ASSERT_TRUE(y.intact() && dx.intact() && added.intact());
    std::vector<double> want(static_cast<std::size_t>(dx.size()));
    for (I r = 0; r < rows; ++r) {
      over_windows(p, [&](I out, const std::vector<I>& window) {
        for (I c = 0; c < p.channels; ++c) {
          T best = -std::numeric_limits<T>::infinity();
          I where = -1;
          for (const I at : window) {
            if (x[r * p.in_size() + at + c] > best) {
              best = x[r * p.in_size() + at + c];
              where = r * p.in_size() + at + c;
            }
          }
          EXPECT_EQ(y[r * p.out_size() + out + c], best);
          if (where >= 0) want[static_cast<std::size_t>(where)] += static_cast<double>(dy[r * p.out_size() + out + c]);
        }
      });
    }
    for (I i = 0; i < dx.size(); ++i) {
      ASSERT_TRUE(close(dx[i], want[static_cast<std::size_t>(i)], 4));
      ASSERT_TRUE(close(added[i], 2 + want[static_cast<std::size_t>(i)], 6));
    }
  }
}

TYPED_TEST(PoolTest, MaxOfAWindowWithANaNIsNaN) {
  using T = TypeParam;
  Pool p;
  p.height = p.kernel_h = 3;
  Guarded<T> x(3), y(1);
  for (I at = 0; at < 3; ++at) {
    for (I i = 0; i < 3; ++i) x[i] = i == at ? std::numeric_limits<T>::quiet_NaN() : T(i);
    max_pool(p, 0, 1, x.data(), y.data());
    EXPECT_TRUE(std::isnan(y[0])) << at;
  }
}

TYPED_TEST(PoolTest, AverageAndItsGradient) {
  using T = TypeParam;
  for (Pool p : sizes(simd::lanes<T>)) {
    p.dilation_h = 1;
    for (const bool include : {true, false}) {
      p.count_include_pad = include;
      const auto x = random_numbers<T>(rows * p.in_size(), 1);
      const auto dy = random_numbers<T>(rows * p.out_size(), 2);
      Guarded<T> y(rows * p.out_size()), dx(rows * p.in_size()), added(rows * p.in_size(), T(2));
      average_pool(p, 0, rows, x.data(), y.data());
      average_pool_gradient(p, 0, rows, dy.data(), dx.data());
      average_pool_gradient(p, 0, rows, dy.data(), added.data(), true);
      ASSERT_TRUE(y.intact() && dx.intact() && added.intact());
      std::vector<double> want(static_cast<std::size_t>(dx.size()));
      for (I r = 0; r < rows; ++r) {
        over_windows(p, [&](I out, const std::vector<I>& window) {
          const double n = include ? p.kernel_h * p.kernel_w : static_cast<double>(window.size());
          for (I c = 0; c < p.channels; ++c) {
            double sum = 0;
            for (const I at : window) {
              sum += static_cast<double>(x[r * p.in_size() + at + c]);
              want[static_cast<std::size_t>(r * p.in_size() + at + c)] +=
                  static_cast<double>(dy[r * p.out_size() + out + c]) / n;
            }
            ASSERT_TRUE(close(y[r * p.out_size() + out + c], sum / n, 1));
          }
        });
      }
      for (I i = 0; i < dx.size(); ++i) {
        ASSERT_TRUE(close(dx[i], want[static_cast<std::size_t>(i)], 4));
        ASSERT_TRUE(close(added[i], 2 + want[static_cast<std::size_t>(i)], 6));
      }
    }
  }
}

TYPED_TEST(PoolTest, GlobalAverageAndItsGradient) {
  using T = TypeParam;
  for (const I channels : {1, 5, 33}) {
    constexpr I positions = 49;
    const auto x = random_numbers<T>(rows * positions * channels, 1);
    const auto dy = random_numbers<T>(rows * channels, 2);
    Guarded<T> y(rows * channels), dx(rows * positions * channels), added(rows * positions * channels, T(2));
    global_average_pool(0, rows, positions, channels, x.data(), y.data());
    global_average_pool_gradient(0, rows, positions, channels, dy.data(), dx.data());
    global_average_pool_gradient(0, rows, positions, channels, dy.data(), added.data(), true);
    ASSERT_TRUE(y.intact() && dx.intact() && added.intact());
    for (I r = 0; r < rows; ++r) {
      for (I c = 0; c < channels; ++c) {
        double sum = 0;
        for (I i = 0; i < positions; ++i) {
          const I at = (r * positions + i) * channels + c;
          sum += static_cast<double>(x[at]);
          EXPECT_TRUE(close(dx[at], static_cast<double>(dy[r * channels + c]) / positions, 1));
          EXPECT_TRUE(close(added[at], 2 + static_cast<double>(dy[r * channels + c]) / positions, 3));
        }
        EXPECT_TRUE(close(y[r * channels + c], sum / positions, 1));
      }
    }
  }
}

}  // namespace
}  // namespace trainyard::kernels
