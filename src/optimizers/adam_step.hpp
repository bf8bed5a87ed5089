// What Adam and AdamW share: options, and the update (Kingma & Ba 2015; AMSGrad: Reddi et al. 2018).
//
//   m <- beta1 m + (1 - beta1) g          v <- beta2 v + (1 - beta2) g^2         (largest v so far, with amsgrad)
//   p <- keep p - lr / (1 - beta1^t)  m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
#pragma once
#include <array>
#include <cmath>
#include <string_view>

#include "core/options.hpp"
#include "core/portable_math.hpp"
#include "optimizers/sweep.hpp"

namespace trainyard::optimizers {

/// The options of both; defaults as in torch.optim, but for the weight decay, each its own.
struct AdamOptions {
  double lr = 1e-3;
  Numbers2 betas{0.9, 0.999};
  double eps = 1e-8;
  double weightDecay = 0;
  bool amsgrad = false;
  bool decayBiasAndNorm = false;

  template <class V>
  void visit(V& v) {
    v("lr", lr, not_negative);
    v("betas", betas, Range{.min = 0, .max = 1, .open_max = true});
    v("eps", eps, not_negative);
    v("weightDecay", weightDecay, not_negative);
    v("amsgrad", amsgrad);
    v("decayBiasAndNorm", decayBiasAndNorm);
  }

  [[nodiscard]] int slots() const { return amsgrad ? 3 : 2; }
};

inline constexpr std::array<std::string_view, max_slots> adam_slots{"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};

struct AdamStep {
  double beta1, beta2, eps;
  double coupled_decay;  ///< Adam's: through the gradient
  double keep;           ///< AdamW's: 1 - lr decay, next to it
  bool amsgrad;

  template <class T>
  void run(const Update& u) const {
    if (amsgrad) {
      run<T, true>(u, Penalised<T>(u, coupled_decay));
    } else {
      with_penalties<T>(u, coupled_decay, [&](auto penalised) { run<T, false>(u, penalised); });
    }
  }

 private:
  template <class T, bool with_largest, class Penalties>
  void run(const Update& u, const Penalties& penalised) const {
    using V = simd::Vec<T>;
    const auto b1 = static_cast<T>(beta1);
    const auto b2 = static_cast<T>(beta2);
    const auto c1 = static_cast<T>(1 - beta1);
    const auto c2 = static_cast<T>(1 - beta2);
    const auto rate = static_cast<T>(u.lr / (1 - portable::power(beta1, u.step)));
    const auto correction = static_cast<T>(1 / std::sqrt(1 - portable::power(beta2, u.step)));
    const auto epsilon = static_cast<T>(eps);
    const auto kept = static_cast<T>(keep);
    // m / … before the rate: a tiny m times the rate would be denormal.
    auto moved = [=](V p, V m, V v) {
      return p * V(kept) - m / (simd::sqrt(v) * V(correction) + V(epsilon)) * V(rate);
    };
    auto moments = [=](V p, V g, V& m, V& v) {
      const V gradient = penalised(g, p);
      m = flushed<T>(m * V(b1) + gradient * V(c1));
      v = flushed<T>(v * V(b2) + gradient * gradient * V(c2));
    };
    if constexpr (with_largest) {
      simd::sweep<T>(
          u.count,
          [=](V& p, V& g, V& m, V& v, V& largest) {
            moments(p, g, m, v);
            largest = simd::max<T>(largest, v);
            p = moved(p, m, largest);
          },
          parameters<T>(u), gradients<T>(u), slot<T>(u, 0), slot<T>(u, 1), slot<T>(u, 2));
    } else {
      simd::sweep<T>(
          u.count,
          [=](V& p, V& g, V& m, V& v) {
            moments(p, g, m, v);
            p = moved(p, m, v);
          },
          parameters<T>(u), gradients<T>(u), slot<T>(u, 0), slot<T>(u, 1));
    }
  }
};

}  // namespace trainyard::optimizers
