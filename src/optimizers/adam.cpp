// Adam (Kingma & Ba 2015), as torch.optim.Adam: weight decay is added to the gradient.
#include "optimizers/adam_step.hpp"
#include "optimizers/all.hpp"
#include "optimizers/kind.hpp"

namespace trainyard::optimizers {
namespace {

struct Adam : AdamOptions {
  template <class T>
  void update(const Update& u) const {
    AdamStep{betas[0], betas[1], eps, u.weight_decay, 1.0, amsgrad}.run<T>(u);
  }
};

}  // namespace

constinit const OptimizerKind adam = optimizer_kind<Adam>("adam", adam_slots);

}  // namespace trainyard::optimizers
