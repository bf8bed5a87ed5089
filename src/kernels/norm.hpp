// Layer and batch normalisation. Variances are the biased ones (divided by the count), from a second pass over the
// data.
//
// `gamma` and `beta` may be null: 1 and 0.
#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/reduce.hpp"
#include "simd/math.hpp"

namespace trainyard::kernels {

// Layer normalisation (Ba, Kiros, Hinton 2016): over the columns of each row. x, y, dx, dy are [*, columns]; mean and
// rstd [*]; gamma, beta, dgamma, dbeta [columns].

/// y = (x - mean) rstd gamma + beta for rows [begin, end), with rstd = 1 / sqrt(variance + epsilon). If not `centred`,
/// the mean is taken for 0: the norm by the root mean square (Zhang, Sennrich 2019).
template <class T>
inline void layer_norm(std::int64_t begin, std::int64_t end, std::int64_t columns, T epsilon, const T* x,
                       const T* gamma, const T* beta, T* y, T* mean, T* rstd, bool centred = true) noexcept {
  using V = simd::Vec<T>;
  const T share = T(1) / static_cast<T>(columns);
  for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
    const T* in = x + i * static_cast<std::ptrdiff_t>(columns);
    T* out = y + i * static_cast<std::ptrdiff_t>(columns);
    const T m = centred ? simd::reduce_sum<T>(columns, [](const V& v) { return v; }, in) * share : T(0);
    const T variance = share * simd::reduce_sum<T>(
                                   columns,
                                   [m](const V& v) {
                                     const V d = v - V(m);
                                     return d * d;
                                   },
                                   in);
    const T r = T(1) / std::sqrt(variance + epsilon);
    mean[i] = m;
    rstd[i] = r;
    const auto scaled = [m, r](const V& v) { return (v - V(m)) * V(r); };
    if (gamma != nullptr && beta != nullptr) {
      simd::map<T>(
          columns, out, [scaled](const V& v, const V& g, const V& b) { return simd::madd<T>(scaled(v), g, b); }, in,
          gamma, beta);
    } else if (gamma != nullptr) {
      simd::map<T>(columns, out, [scaled](const V& v, const V& g) { return scaled(v) * g; }, in, gamma);
    } else {
      simd::map<T>(columns, out, scaled, in);
    }
  }
}

/// dx for rows [begin, end): with n = (x - mean) rstd and g = dy gamma, rstd (g - mean(g) - n mean(g n)), without
/// mean(g) if not `centred`.
template <class T>
inline void layer_norm_gradient(std::int64_t begin, std::int64_t end, std::int64_t columns, const T* x, const T* gamma,
                                const T* mean, const T* rstd, const T* dy, T* dx, bool centred = true) noexcept {
  using V = simd::Vec<T>;
  const T share = T(1) / static_cast<T>(columns);
  for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
    const std::ptrdiff_t at = i * static_cast<std::ptrdiff_t>(columns);
    const T m = mean[i];
    const T r = rstd[i];
    const auto run = [&](auto slope, auto... more) {  // slope(dy, gamma…) is g
      const T total = centred ? simd::reduce_sum<T>(columns, slope, dy + at, more...) : T(0);
      const T dot = simd::reduce_sum<T>(
          columns, [m, r, slope](const V& v, auto... d) { return (v - V(m)) * V(r) * slope(d...); }, x + at, dy + at,
          more...);
      const T mean_g = total * share;
      const T mean_gn = dot * share;
      simd::map<T>(
          columns, dx + at,
          [m, r, mean_g, mean_gn, slope](const V& v, auto... d) {
            const V n = (v - V(m)) * V(r);
            return V(r) * simd::nmadd<T>(n, V(mean_gn), slope(d...) - V(mean_g));
          },
          x + at, dy + at, more...);
    };
    if (gamma != nullptr) {
      run([](const V& d, const V& g) { return d * g; }, gamma);
    } else {
      run([](const V& d) { return d; });
    }
  }
}

/// dgamma[j] = sum over rows of dy n and dbeta[j] = sum of dy, for columns [begin, end). Either may be null.
template <class T>
inline void layer_norm_parameter_gradient(std::int64_t rows, std::int64_t begin, std::int64_t end, std::int64_t columns,
                                          const T* x, const T* mean, const T* rstd, const T* dy, T* dgamma,
                                          T* dbeta) noexcept {
  using V = simd::Vec<T>;
  const auto ld = static_cast<std::ptrdiff_t>(columns);
  if (dgamma != nullptr) {
    reduce_columns<T>(
        rows, begin, end,
        [=](auto load, std::ptrdiff_t i, std::ptrdiff_t j) {
          return load(dy + i * ld + j) * ((load(x + i * ld + j) - V(mean[i])) * V(rstd[i]));
        },
        dgamma);
  }
  if (dbeta != nullptr) column_sum<T>(rows, begin, end, dy, columns, dbeta);
}

// Batch normalisation (Ioffe, Szegedy 2015): over all positions of each channel. x, y, dx, dy are [positions, channels]
// with channels last: positions = rows, or rows * height * width. mean, variance, gamma, beta … are [channels].
// In training: statistics, then batch_norm with them; the gradient's two sums, then batch_norm_gradient.

/// mean[c] and variance[c] over all positions, for channels [begin, end).
template <class T>
inline void batch_norm_statistics(std::int64_t positions, std::int64_t begin, std::int64_t end, std::int64_t channels,
                                  const T* x, T* mean, T* variance) noexcept {
  using V = simd::Vec<T>;
  const auto ld = static_cast<std::ptrdiff_t>(channels);
  const T share = T(1) / static_cast<T>(positions);
  const auto scale = [&](T* sums) {
    simd::map<T>(end - begin, sums + begin, [share](const V& v) { return v * V(share); }, sums + begin);
  };
  column_sum<T>(positions, begin, end, x, channels, mean);
  scale(mean);
  reduce_columns<T>(
      positions, begin, end,
      [=](auto load, std::ptrdiff_t i, std::ptrdiff_t j) {
        const V d = load(x + i * ld + j) - load(mean + j);
        return d * d;
      },
      variance);
  scale(variance);
}

/// y = (x - mean) / sqrt(variance + epsilon) gamma + beta for positions [begin, end), with the batch's statistics or
/// the running ones.
template <class T>
inline void batch_norm(std::int64_t begin, std::int64_t end, std::int64_t channels, T epsilon, const T* x,
                       const T* mean, const T* variance, const T* gamma, const T* beta, T* y) noexcept {
  using V = simd::Vec<T>;
  const auto ld = static_cast<std::ptrdiff_t>(channels);
  over_columns<T>(0, ld, [&](std::ptrdiff_t j, auto load, auto store) {
    const V m = load(mean + j);
    V scale = V(T(1)) / simd::sqrt<T>(load(variance + j) + V(epsilon));
    if (gamma != nullptr) scale = scale * load(gamma + j);
    const V shift = beta != nullptr ? load(beta + j) : V(T(0));
    for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
      store(y + i * ld + j, simd::madd<T>(load(x + i * ld + j) - m, scale, shift));
    }
  });
}

/// dgamma[c] = sum over positions of dy n, with n = (x - mean) / sqrt(variance + epsilon), and dbeta[c] = sum of dy,
/// for channels [begin, end). Both are needed for dx even where there are no gamma and beta.
template <class T>
inline void batch_norm_parameter_gradient(std::int64_t positions, std::int64_t begin, std::int64_t end,
                                          std::int64_t channels, T epsilon, const T* x, const T* mean,
                                          const T* variance, const T* dy, T* dgamma, T* dbeta) noexcept {
  using V = simd::Vec<T>;
  const auto ld = static_cast<std::ptrdiff_t>(channels);
  reduce_columns<T>(
      positions, begin, end,
      [=](auto load, std::ptrdiff_t i, std::ptrdiff_t j) {
        return load(dy + i * ld + j) * (load(x + i * ld + j) - load(mean + j));
      },
      dgamma);
  over_columns<T>(static_cast<std::ptrdiff_t>(begin), static_cast<std::ptrdiff_t>(end),
                  [&](std::ptrdiff_t j, auto load, auto store) {
                    store(dgamma + j, load(dgamma + j) / simd::sqrt<T>(load(variance + j) + V(epsilon)));
                  });
  column_sum<T>(positions, begin, end, dy, channels, dbeta);
}

/// dx for positions [begin, end) where the statistics came from the batch itself: gamma rstd (dy - dbeta / positions -
/// n dgamma / positions). With running statistics pass dgamma = dbeta = null: gamma rstd dy.
template <class T>
inline void batch_norm_gradient(std::int64_t positions, std::int64_t begin, std::int64_t end, std::int64_t channels,
                                T epsilon, const T* x, const T* mean, const T* variance, const T* gamma,
                                const T* dgamma, const T* dbeta, const T* dy, T* dx) noexcept {
  using V = simd::Vec<T>;
  const auto ld = static_cast<std::ptrdiff_t>(channels);
  const V share(T(1) / static_cast<T>(positions));
  over_columns<T>(0, ld, [&](std::ptrdiff_t j, auto load, auto store) {
    const V rstd = V(T(1)) / simd::sqrt<T>(load(variance + j) + V(epsilon));
    const V scale = gamma != nullptr ? load(gamma + j) * rstd : rstd;
    if (dgamma == nullptr) {
      for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
        store(dx + i * ld + j, load(dy + i * ld + j) * scale);
      }
      return;
    }
    const V m = load(mean + j);
    const V mean_dy = load(dbeta + j) * share;
    const V mean_dyn = load(dgamma + j) * share * rstd;
    for (auto i = static_cast<std::ptrdiff_t>(begin); i < static_cast<std::ptrdiff_t>(end); ++i) {
      const V centred = load(x + i * ld + j) - m;
      store(dx + i * ld + j, scale * simd::nmadd<T>(centred, mean_dyn, load(dy + i * ld + j) - mean_dy));
    }
  });
}

}  // namespace trainyard::kernels
