// Mean squared error, as torch.nn.MSELoss.
#include "losses/all.hpp"
#include "losses/regression.hpp"
#include "ops/all.hpp"

namespace trainyard::losses {
namespace {

struct Mse final : DenseLoss {
  template <class V>
  void visit(V& /*v*/) {}
  [[nodiscard]] ValueId build(Graph& graph, ValueId output, ValueId target) const override {
    return graph.add(ops::mse, {output, target});
  }
};

}  // namespace

const LossKind mse = make_kind<Mse, Loss>("mse");

}  // namespace trainyard::losses
