// Huber loss, as torch.nn.HuberLoss: a square up to delta, a line beyond (Huber 1964).
#include "losses/all.hpp"
#include "losses/regression.hpp"
#include "ops/all.hpp"
#include "ops/loss.hpp"

namespace trainyard::losses {
namespace {

struct Huber final : DenseLoss {
  double delta = 1;
  template <class V>
  void visit(V& v) {
    v("delta", delta, positive);
  }
  [[nodiscard]] ValueId build(Graph& graph, ValueId output, ValueId target) const override {
    return graph.add(ops::huber, {output, target}, Attributes(ops::HuberAttributes{delta}));
  }
};

}  // namespace

const LossKind huber = make_kind<Huber, Loss>("huber");

}  // namespace trainyard::losses
