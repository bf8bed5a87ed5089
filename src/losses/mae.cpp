// Mean absolute error, as torch.nn.L1Loss.
#include "losses/all.hpp"
#include "losses/regression.hpp"
#include "ops/all.hpp"

namespace trainyard::losses {
namespace {

struct Mae final : DenseLoss {
  template <class V>
  void visit(V& /*v*/) {}
  [[nodiscard]] ValueId build(Graph& graph, ValueId output, ValueId target) const override {
    return graph.add(ops::mae, {output, target});
  }
};

}  // namespace

const LossKind mae = make_kind<Mae, Loss>("mae");

}  // namespace trainyard::losses
