// AdamW (Loshchilov & Hutter 2019), as torch.optim.AdamW: weight decay shrinks the parameter itself.
#include "optimizers/adam_step.hpp"
#include "optimizers/all.hpp"
#include "optimizers/kind.hpp"

namespace trainyard::optimizers {
namespace {

struct AdamW : AdamOptions {
  AdamW() : AdamOptions{.weightDecay = 1e-2} {}

  template <class T>
  void update(const Update& u) const {
    AdamStep{betas[0], betas[1], eps, 0.0, 1.0 - u.lr * u.weight_decay, amsgrad}.run<T>(u);
  }
};

}  // namespace

constinit const OptimizerKind adamw = optimizer_kind<AdamW>("adamw", adam_slots);

}  // namespace trainyard::optimizers
