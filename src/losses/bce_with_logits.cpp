// Binary cross entropy on logits, as torch.nn.BCEWithLogitsLoss: targets in [0, 1], of the output's shape.
#include <vector>

#include "losses/all.hpp"
#include "losses/regression.hpp"
#include "ops/all.hpp"

namespace trainyard::losses {
namespace {

struct BceWithLogits final : DenseLoss {
  std::vector<double> pos_weight;  ///< weight of the positive class: one number, or one for each of the last axis

  template <class V>
  void visit(V& v) {
    v("posWeight", pos_weight, positive);
  }

  [[nodiscard]] ValueId build(Graph& graph, ValueId output, ValueId target) const override {
    ValueId weights;
    if (!pos_weight.empty()) {
      const std::int64_t last = graph.type(output).shape.back();
      std::vector<float> numbers(pos_weight.begin(), pos_weight.end());
      if (numbers.size() == 1) numbers.assign(static_cast<std::size_t>(last), numbers[0]);
      if (static_cast<std::int64_t>(numbers.size()) != last) {
        throw Error(ErrorCode::shape_mismatch, "loss.posWeight", std::to_string(last), std::to_string(numbers.size()));
      }
      weights = graph.constant("pos weight", {last}, std::move(numbers));
    }
    return graph.add(ops::bce_with_logits, {output, target, weights});
  }
};

}  // namespace

const LossKind bceWithLogits = make_kind<BceWithLogits, Loss>("bceWithLogits");

}  // namespace trainyard::losses
