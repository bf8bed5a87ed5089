// Stochastic gradient descent with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013), as torch.optim.SGD:
// b <- momentum b + (1 - dampening) g, the first b being g itself; p <- p - lr b, or p - lr (g + momentum b).
#include "optimizers/all.hpp"
#include "optimizers/kind.hpp"
#include "optimizers/sweep.hpp"

namespace trainyard::optimizers {
namespace {

struct Sgd {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weightDecay = 0;
  bool nesterov = false;
  bool decayBiasAndNorm = false;

  template <class V>
  void visit(V& v) {
    v("lr", lr, not_negative);
    v("momentum", momentum, not_negative);
    v("dampening", dampening);
    v("weightDecay", weightDecay, not_negative);
    v("nesterov", nesterov);
    v("decayBiasAndNorm", decayBiasAndNorm);
  }

  void check(const std::string& path) const {
    if (!nesterov) return;
    if (momentum <= 0) throw Error(ErrorCode::invalid_value, path + ".momentum", "> 0", "0", {"needed_by", "nesterov"});
    if (dampening != 0) {
      throw Error(ErrorCode::invalid_value, path + ".dampening", "0", short_text(dampening), {"needed_by", "nesterov"});
    }
  }

  [[nodiscard]] int slots() const { return momentum != 0 ? 1 : 0; }

  template <class T>
  void update(const Update& u) const {
    using V = simd::Vec<T>;
    const auto rate = static_cast<T>(u.lr);
    if (momentum == 0) {
      return with_penalties<T>(u, u.weight_decay, [&](auto penalised) {
        simd::sweep<T>(u.count, [=](V& p, V& g) { p -= V(rate) * penalised(g, p); }, parameters<T>(u), gradients<T>(u));
      });
    }
    const Penalised<T> penalised(u, u.weight_decay);
    const auto keep = static_cast<T>(momentum);
    const auto take = static_cast<T>(u.step == 1 ? 1.0 : 1.0 - dampening);
    const auto ahead = static_cast<T>(nesterov ? momentum : 1.0);
    const auto now = static_cast<T>(nesterov ? 1.0 : 0.0);
    simd::sweep<T>(
        u.count,
        [=](V& p, V& g, V& b) {
          const V gradient = penalised(g, p);
          b = flushed<T>(b * V(keep) + gradient * V(take));
          p -= V(rate) * (gradient * V(now) + b * V(ahead));
        },
        parameters<T>(u), gradients<T>(u), slot<T>(u, 0));
  }
};

}  // namespace

constinit const OptimizerKind sgd = optimizer_kind<Sgd>("sgd", {"momentum_buffer"});

}  // namespace trainyard::optimizers
