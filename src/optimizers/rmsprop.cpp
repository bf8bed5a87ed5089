// RMSprop (Tieleman & Hinton 2012; centred: Graves 2013), as torch.optim.RMSprop: eps stands outside the root.
//
//   v <- alpha v + (1 - alpha) g^2        a <- alpha a + (1 - alpha) g           (a: with centered)
//   d = g / (sqrt(v - a^2) + eps)         b <- momentum b + d                    (b: with momentum)
//   p <- p - lr b
// v - a^2 is kept from falling below zero by rounding, where PyTorch gets NaN.
#include "optimizers/all.hpp"
#include "optimizers/kind.hpp"
#include "optimizers/sweep.hpp"

namespace trainyard::optimizers {
namespace {

struct RmsProp {
  double lr = 1e-2;
  double alpha = 0.99;
  double eps = 1e-8;
  double weightDecay = 0;
  double momentum = 0;
  bool centered = false;
  bool decayBiasAndNorm = false;

  template <class V>
  void visit(V& v) {
    v("lr", lr, not_negative);
    v("alpha", alpha, share);
    v("eps", eps, not_negative);
    v("weightDecay", weightDecay, not_negative);
    v("momentum", momentum, not_negative);
    v("centered", centered);
    v("decayBiasAndNorm", decayBiasAndNorm);
  }

  /// Slot 0 is v, slot 1 is b, slot 2 is a; the middle one is there for both or for momentum.
  [[nodiscard]] int slots() const { return centered ? 3 : momentum > 0 ? 2 : 1; }

  template <class T>
  void update(const Update& u) const {
    using V = simd::Vec<T>;
    const Penalised<T> penalised(u, u.weight_decay);
    const auto rate = static_cast<T>(u.lr);
    const auto keep = static_cast<T>(alpha);
    const auto take = static_cast<T>(1 - alpha);
    const auto epsilon = static_cast<T>(eps);
    const auto inertia = static_cast<T>(momentum);
    auto squares = [=](V g, V& v) { v = flushed<T>(v * V(keep) + g * g * V(take)); };
    if (centered) {
      simd::sweep<T>(
          u.count,
          [=](V& p, V& g, V& v, V& b, V& a) {
            const V gradient = penalised(g, p);
            squares(gradient, v);
            a = flushed<T>(a * V(keep) + gradient * V(take));
            b = flushed<T>(b * V(inertia) + gradient / (simd::sqrt(simd::max<T>(V(T(0)), v - a * a)) + V(epsilon)));
            p -= V(rate) * b;
          },
          parameters<T>(u), gradients<T>(u), slot<T>(u, 0), slot<T>(u, 1), slot<T>(u, 2));
    } else if (momentum > 0) {
      simd::sweep<T>(
          u.count,
          [=](V& p, V& g, V& v, V& b) {
            const V gradient = penalised(g, p);
            squares(gradient, v);
            b = flushed<T>(b * V(inertia) + gradient / (simd::sqrt(v) + V(epsilon)));
            p -= V(rate) * b;
          },
          parameters<T>(u), gradients<T>(u), slot<T>(u, 0), slot<T>(u, 1));
    } else {
      simd::sweep<T>(
          u.count,
          [=](V& p, V& g, V& v) {
            const V gradient = penalised(g, p);
            squares(gradient, v);
            p -= V(rate) * (gradient / (simd::sqrt(v) + V(epsilon)));
          },
          parameters<T>(u), gradients<T>(u), slot<T>(u, 0));
    }
  }
};

}  // namespace

constinit const OptimizerKind rmsprop =
    optimizer_kind<RmsProp>("rmsprop", {"square_avg", "momentum_buffer", "grad_avg"});

}  // namespace trainyard::optimizers
