#include "ladder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>

#include "kernels/conv/conv.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/gemm/gemm.hpp"
#include "kernels/pool.hpp"
#include "kernels/reduce.hpp"
#include "kernels/softmax.hpp"
#include "memory.hpp"

namespace trainyard::ladder {

namespace {

using kernels::Activation;
using kernels::Conv;
using kernels::Epilogue;
using kernels::Gemm;
using kernels::Pool;
using kernels::Transpose;

Rung product(Transpose form, I m, I n, I k) {
  static constexpr std::array<const char*, 3> names{"nn", "nt", "tn"};
  const Numbers a = random_numbers(m * k, 1), b = random_numbers(k * n, 2), want = zeros(m * n), got = zeros(m * n);
  const Memory scratch(kernels::gemm_scratch_bytes<float>(form, m, n, k));
  const Gemm<float> g{.transpose = form, .m = m, .n = n, .k = k, .a = a->data(), .b = b->data(), .c = got->data()};
  Rung rung;
  rung.name = std::string("gemm ") + names[static_cast<std::size_t>(form)] + ' ' + std::to_string(m) + 'x' +
              std::to_string(n) + 'x' + std::to_string(k);
  rung.work = 2.0 * static_cast<double>(m * n * k);
  // A larger product is checked in its first rows only: the plain loops would take minutes.
  const I checked = std::min<I>(m, 4'000'000 / (n * k) + 1);
  rung.reference = [=] {
    for (I i = 0; i < checked; ++i) {
      for (I j = 0; j < n; ++j) {
        float sum = 0;
        for (I p = 0; p < k; ++p) {
          sum += a->data()[form == Transpose::tn ? p * m + i : i * k + p] *
                 b->data()[form == Transpose::nt ? j * k + p : p * n + j];
        }
        want->data()[i * n + j] = sum;
      }
    }
  };
  rung.shipped = [=] { (void)a, (void)b, kernels::gemm(g, 0, m, scratch.start); };
  rung.error = [=] {
    std::copy(got->data() + checked * n, got->data() + m * n, want->data() + checked * n);
    return difference(want, got);
  };
  rung.referenced = static_cast<double>(checked) / static_cast<double>(m);
  return rung;
}

/// The three directions of a convolution, forward with bias and relu, and max pooling behind it if the size is even.
void convolution(std::vector<Rung>& all, const std::string& name, const Conv& c, I rows) {
  const Numbers x = random_numbers(rows * c.in_size(), 1), w = random_numbers(c.weight_size(), 2),
                bias = random_numbers(c.out_channels, 3), dy = random_numbers(rows * c.out_size(), 4);
  const auto over = [c, rows](auto f) {
    for (I r = 0; r < rows; ++r) {
      for (I oy = 0; oy < c.out_height(); ++oy) {
        for (I ox = 0; ox < c.out_width(); ++ox) {
          for (I ky = 0; ky < c.kernel_h; ++ky) {
            for (I kx = 0; kx < c.kernel_w; ++kx) {
              const I y = oy * c.stride_h + ky - c.pad_top;
              const I xx = ox * c.stride_w + kx - c.pad_left;
              if (y < 0 || y >= c.height || xx < 0 || xx >= c.width) continue;
              for (I i = 0; i < c.in_channels; ++i) {
                for (I o = 0; o < c.out_channels; ++o) {
                  f(r * c.in_size() + (y * c.width + xx) * c.in_channels + i,
                    ((ky * c.kernel_w + kx) * c.in_channels + i) * c.out_channels + o,
                    r * c.out_size() + (oy * c.out_width() + ox) * c.out_channels + o);
                }
              }
            }
          }
        }
      }
    }
  };
  double products = 0;
  over([&](I, I, I) { products += 1; });
  {
    const Numbers want = zeros(rows * c.out_size()), got = zeros(rows * c.out_size());
    const Memory scratch(kernels::conv_forward_scratch_bytes<float>(c));
    const Epilogue<float> epilogue{.bias = bias->data(), .activation = Activation::relu};
    Rung rung;
    rung.name = name + " forward";
    rung.work = 2 * products;
    rung.reference = [=] {
      std::fill(want->begin(), want->end(), 0.0F);
      over([&](I xi, I wi, I yi) { want->data()[yi] += x->data()[xi] * w->data()[wi]; });
      for (std::size_t i = 0; i < want->size(); ++i) {
        (*want)[i] = std::max(0.0F, (*want)[i] + (*bias)[i % static_cast<std::size_t>(c.out_channels)]);
      }
    };
    rung.shipped = [=] {
      kernels::conv_forward<float>(c, 0, rows, x->data(), w->data(), got->data(), epilogue, scratch.start);
    };
    rung.error = [=] { return difference(want, got); };
    all.push_back(rung);
  }
  if (c.in_channels > 1) {
    const Numbers want = zeros(rows * c.in_size()), got = zeros(rows * c.in_size());
    const Memory scratch(kernels::conv_input_gradient_scratch_bytes<float>(c));
    Rung rung;
    rung.name = name + " dx";
    rung.work = 2 * products;
    rung.reference = [=] {
      std::fill(want->begin(), want->end(), 0.0F);
      over([&](I xi, I wi, I yi) { want->data()[xi] += dy->data()[yi] * w->data()[wi]; });
    };
    rung.shipped = [=] {
      kernels::conv_input_gradient<float>(c, 0, rows, dy->data(), w->data(), got->data(), false, {}, scratch.start);
    };
    rung.error = [=] { return difference(want, got); };
    all.push_back(rung);
  }
  const Numbers want = zeros(c.weight_size()), got = zeros(c.weight_size()), db = zeros(c.out_channels);
  const Memory scratch(kernels::conv_weight_gradient_scratch_bytes<float>(c));
  Rung rung;
  rung.name = name + " dw";
  rung.work = 2 * products;
  rung.reference = [=] {
    std::fill(want->begin(), want->end(), 0.0F);
    over([&](I xi, I wi, I yi) { want->data()[wi] += x->data()[xi] * dy->data()[yi]; });
  };
  rung.shipped = [=] {
    kernels::conv_weight_gradient<float>(c, 0, rows, x->data(), dy->data(), got->data(), db->data(), scratch.start);
  };
  rung.error = [=] { return difference(want, got) / static_cast<double>(rows); };
  all.push_back(rung);
}

void pooling(std::vector<Rung>& all, const std::string& name, const Pool& p, I rows) {
  const Numbers x = random_numbers(rows * p.in_size(), 1), dy = random_numbers(rows * p.out_size(), 2);
  const Numbers y = zeros(rows * p.out_size()), want_y = zeros(rows * p.out_size());
  const Numbers dx = zeros(rows * p.in_size()), want_dx = zeros(rows * p.in_size());
  const auto reference = [=](bool backward) {
    std::fill(want_dx->begin(), want_dx->end(), 0.0F);
    for (I r = 0; r < rows; ++r) {
      for (I at = 0; at < p.out_size(); ++at) {
        const I channel = at % p.channels, ox = at / p.channels % p.out_width(), oy = at / p.channels / p.out_width();
        I best = -1;
        for (I ky = 0; ky < p.kernel_h; ++ky) {
          for (I kx = 0; kx < p.kernel_w; ++kx) {
            const I here =
                r * p.in_size() + ((oy * p.stride_h + ky) * p.width + ox * p.stride_w + kx) * p.channels + channel;
            if (best < 0 || x->data()[here] > x->data()[best]) best = here;
          }
        }
        want_y->data()[r * p.out_size() + at] = x->data()[best];
        if (backward) want_dx->data()[best] += dy->data()[r * p.out_size() + at];
      }
    }
  };
  const double in = 4.0 * static_cast<double>(rows * p.in_size()), out = 4.0 * static_cast<double>(rows * p.out_size());
  all.push_back({name + " forward", Bound::copy, in + out, [=] { reference(false); },
                 [=] { kernels::max_pool<float>(p, 0, rows, x->data(), y->data()); },
                 [=] { return difference(y, want_y); }});
  all.push_back({name + " dx", Bound::copy, 2 * in + 2 * out,
                 [=] {
                   reference(true);
                   *y = *want_y;
                 },
                 [=] { kernels::max_pool_gradient<float>(p, 0, rows, x->data(), y->data(), dy->data(), dx->data()); },
                 [=] { return difference(dx, want_dx); }});
}

/// Every product and sum of one training step of the playground's network 2-8-8-1 with a batch of 10: the cost of
/// calls.
Rung playground() {
  constexpr I rows = 10;
  constexpr std::array<I, 4> widths{2, 8, 8, 1};
  const Numbers x = random_numbers(rows * 2, 1);
  std::array<Numbers, 3> w, b, y, dy, dw, db;
  for (std::size_t l = 0; l < 3; ++l) {
    w[l] = random_numbers(widths[l] * widths[l + 1], l);
    b[l] = random_numbers(widths[l + 1], l);
    dw[l] = zeros(widths[l] * widths[l + 1]);
    db[l] = zeros(widths[l + 1]);
    y[l] = zeros(rows * widths[l + 1]);
    dy[l] = random_numbers(rows * widths[l + 1], l);
  }
  const Memory scratch(1 << 16);
  Rung rung;
  rung.name = "playground step 2-8-8-1, batch 10";
  for (std::size_t l = 0; l < 3; ++l) {
    rung.work += 2.0 * static_cast<double>(rows * widths[l] * widths[l + 1]) * (l == 0 ? 2 : 3);
  }
  rung.reference = [] {};
  rung.error = [] { return 0.0; };
  rung.shipped = [=] {
    for (std::size_t l = 0; l < 3; ++l) {
      kernels::gemm<float>({.m = rows,
                            .n = widths[l + 1],
                            .k = widths[l],
                            .a = l == 0 ? x->data() : y[l - 1]->data(),
                            .b = w[l]->data(),
                            .c = y[l]->data(),
                            .bias = b[l]->data(),
                            .activation = Activation::tanh},
                           0, rows, scratch.start);
    }
    for (std::size_t l = 3; l-- > 0;) {
      kernels::gemm<float>({.transpose = Transpose::tn,
                            .m = widths[l],
                            .n = widths[l + 1],
                            .k = rows,
                            .a = l == 0 ? x->data() : y[l - 1]->data(),
                            .b = dy[l]->data(),
                            .c = dw[l]->data()},
                           0, widths[l], scratch.start);
      kernels::column_sum<float>(rows, 0, widths[l + 1], dy[l]->data(), widths[l + 1], db[l]->data());
      if (l == 0) continue;
      kernels::gemm<float>({.transpose = Transpose::nt,
                            .m = rows,
                            .n = widths[l],
                            .k = widths[l + 1],
                            .a = dy[l]->data(),
                            .b = w[l]->data(),
                            .c = dy[l - 1]->data(),
                            .derivative_of = Activation::tanh,
                            .derivative_y = y[l - 1]->data()},
                           0, rows, scratch.start);
    }
  };
  return rung;
}

template <class F, class G>
Rung elementwise(const std::string& name, I n, F function, G reference) {
  const Numbers x = random_numbers(n, 1), want = zeros(n), got = zeros(n);
  for (float& v : *x) v *= 8;
  return {name,
          Bound::copy,
          8.0 * static_cast<double>(n),
          [=] { std::transform(x->begin(), x->end(), want->begin(), reference); },
          [=] { function(n, x->data(), got->data()); },
          [=] { return difference(want, got); }};
}

Rung rows_softmax(I rows, I columns) {
  const Numbers x = random_numbers(rows * columns, 1), want = zeros(rows * columns), got = zeros(rows * columns);
  return {"softmax " + std::to_string(rows) + 'x' + std::to_string(columns),
          Bound::copy,
          8.0 * static_cast<double>(rows * columns),
          [=] {
            for (I r = 0; r < rows; ++r) {
              double sum = 0;
              for (I j = 0; j < columns; ++j) sum += std::exp(static_cast<double>(x->data()[r * columns + j]));
              for (I j = 0; j < columns; ++j) {
                want->data()[r * columns + j] =
                    static_cast<float>(std::exp(static_cast<double>(x->data()[r * columns + j])) / sum);
              }
            }
          },
          [=] { kernels::softmax<float>(0, rows, columns, x->data(), got->data()); },
          [=] { return difference(want, got); }};
}

Conv square(int size, int in, int out, int kernel, int stride = 1, int pad = 0) {
  Conv c;
  c.height = c.width = size;
  c.in_channels = in;
  c.out_channels = out;
  c.kernel_h = c.kernel_w = kernel;
  c.stride_h = c.stride_w = stride;
  c.pad_top = c.pad_bottom = c.pad_left = c.pad_right = pad;
  return c;
}
Pool halve(int size, int channels) {
  Pool p;
  p.height = p.width = size;
  p.channels = channels;
  p.kernel_h = p.kernel_w = p.stride_h = p.stride_w = 2;
  return p;
}

}  // namespace

std::vector<Rung> rungs() {
  std::vector<Rung> all;
  for (const I n : {32, 64, 128, 256, 512, 1024}) {
    for (const Transpose form : {Transpose::nn, Transpose::nt, Transpose::tn}) all.push_back(product(form, n, n, n));
  }
  // The products of the multilayer perceptron 784-256-128-10 with a batch of 128.
  all.push_back(product(Transpose::nn, 128, 256, 784));
  all.push_back(product(Transpose::nn, 128, 128, 256));
  all.push_back(product(Transpose::nn, 128, 10, 128));
  all.push_back(product(Transpose::nt, 128, 256, 128));
  all.push_back(product(Transpose::nt, 128, 128, 10));
  all.push_back(product(Transpose::tn, 784, 256, 128));
  all.push_back(product(Transpose::tn, 256, 128, 128));
  all.push_back(product(Transpose::tn, 128, 10, 128));
  // Those of the character GPT: 1,024 positions, width 128.
  for (const Transpose form : {Transpose::nn, Transpose::nt}) {
    all.push_back(product(form, 1024, 128, 128));
    all.push_back(product(form, 1024, 384, 128));
    all.push_back(product(form, 1024, 512, 128));
    all.push_back(product(form, 1024, 128, 512));
  }
  all.push_back(product(Transpose::nn, 1024, 65, 128));
  for (const I n : {65, 128, 384, 512}) all.push_back(product(Transpose::tn, 128, n, 1024));
  all.push_back(product(Transpose::tn, 512, 128, 1024));
  attention(all);
  for (const I n : {1, 10}) {
    all.push_back(product(Transpose::nn, 256, n, 64));
    all.push_back(product(Transpose::nt, 256, 64, n));
    all.push_back(product(Transpose::tn, 64, n, 256));
  }
  all.push_back(product(Transpose::nn, 10, 8, 2));
  all.push_back(product(Transpose::nn, 10, 8, 8));
  all.push_back(product(Transpose::nn, 10, 1, 8));
  all.push_back(product(Transpose::nt, 10, 8, 8));
  all.push_back(product(Transpose::tn, 8, 8, 10));
  all.push_back(product(Transpose::tn, 8, 1, 10));
  all.push_back(playground());
  convolution(all, "conv 28x28x1 -> 8, batch 32", square(28, 1, 8, 3), 32);
  convolution(all, "conv 13x13x8 -> 16, batch 32", square(13, 8, 16, 3), 32);
  convolution(all, "conv 14x14x32 -> 64 pad 1, batch 8", square(14, 32, 64, 3, 1, 1), 8);
  convolution(all, "conv 16x16x32 -> 64 stride 2 pad 1, batch 8", square(16, 32, 64, 3, 2, 1), 8);
  convolution(all, "conv 8x8x128 -> 128 pad 1, batch 4", square(8, 128, 128, 3, 1, 1), 4);
  pooling(all, "max pool 26x26x8, batch 32", halve(26, 8), 32);
  pooling(all, "max pool 11x11x16, batch 32", halve(11, 16), 32);
  const auto activation = [](Activation a) {
    return [a](I n, const float* x, float* y) { kernels::activation_forward<float>(a, 0.0F, 0, n, x, y); };
  };
  all.push_back(
      elementwise("relu 16384", 16384, activation(Activation::relu), [](float x) { return x > 0 ? x : 0.0F; }));
  all.push_back(elementwise("tanh 16384", 16384, activation(Activation::tanh), [](float x) { return std::tanh(x); }));
  all.push_back(elementwise("sigmoid 16384", 16384, activation(Activation::sigmoid),
                            [](float x) { return 1 / (1 + std::exp(-x)); }));
  all.push_back(elementwise("gelu 16384", 16384, activation(Activation::gelu),
                            [](float x) { return 0.5F * x * (1 + std::erf(x * 0.70710678F)); }));
  all.push_back(rows_softmax(128, 10));
  all.push_back(rows_softmax(128, 1000));
  return all;
}

double peak(int iterations) {
  static std::array<float, 12 * 16> registers{};
  kernels::peak<float>(registers.data(), iterations);
  return 96.0 * kernels::vector_lanes<float>() * iterations;
}

void copy(double bytes) {
  static std::vector<float> from(1 << 20), to(1 << 20);
  const auto half = std::min(static_cast<std::size_t>(bytes / 2), from.size() * sizeof(float));
  std::memcpy(to.data(), from.data(), half);
  // The compiler must not see that nobody reads the copy.
  volatile float kept = to[half / sizeof(float) / 2];
  (void)kept;
}

}  // namespace trainyard::ladder
