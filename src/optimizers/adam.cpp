// Adam (Kingma & Ba 2015), as torch.optim.Adam: weight decay is added to the gradient.
#include "optimizers/adam_step.hpp"
#include "optimizers/all.hpp"
#include "optimizers/kind.hpp"

namespace trainyard::optimizers {
namespace {

struct Adam {
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

  template <class T>
  void update(const Update& u) const {
    AdamStep{betas[0], betas[1], eps, u.weight_decay, 1.0, amsgrad}.run<T>(u);
  }
};

}  // namespace

constinit const OptimizerKind adam = optimizer_kind<Adam>("adam", {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"});

}  // namespace trainyard::optimizers
