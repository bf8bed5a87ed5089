// Softmax cross entropy on logits, as torch.nn.CrossEntropyLoss: targets are class ids, or dense shares (soft labels).
// Output [*, …, classes]; ids [*, …]; the mean divides by the sum of the weights of the classes that occur.
#include "core/error.hpp"
#include "losses/all.hpp"
#include "ops/all.hpp"
#include "ops/loss.hpp"

namespace trainyard::losses {
namespace {

struct CrossEntropy final : Loss {
  double label_smoothing = 0;
  std::vector<double> class_weights;
  std::int64_t ignore_index = -100;

  template <class V>
  void visit(V& v) {
    v("labelSmoothing", label_smoothing, share);
    v("classWeights", class_weights, not_negative);
    v("ignoreIndex", ignore_index);
  }

  [[nodiscard]] std::int64_t classes(const ValueType& output) const override { return output.shape.back(); }

  [[nodiscard]] ValueType target(const ValueType& output, const ValueType& data) const override {
    const auto rank = static_cast<std::size_t>(output.shape.rank());
    Inference::require(rank >= 1, "[*, classes]", text(output.shape, true));
    if (!class_weights.empty() && static_cast<std::int64_t>(class_weights.size()) != classes(output)) {
      throw Error(ErrorCode::shape_mismatch, "loss.classWeights", std::to_string(classes(output)),
                  std::to_string(class_weights.size()));
    }
    const Shape ids(output.shape.dims().first(rank - 1));
    if (data.shape == output.shape && data.dtype == DType::f32) return {.shape = output.shape};
    if (data.shape.size() == ids.size()) return {.shape = data.shape, .dtype = DType::i32};
    throw Error(ErrorCode::shape_mismatch, "target", text(ids, true) + " | " + text(output.shape, true),
                text(data.shape, true), {"target_shape", ""});
  }

  [[nodiscard]] ValueId build(Graph& graph, ValueId output, ValueId target) const override {
    ValueId weights;
    if (!class_weights.empty()) {
      weights = graph.constant("class weights", {static_cast<std::int64_t>(class_weights.size())},
                               {class_weights.begin(), class_weights.end()});
    }
    return graph.add(ops::softmax_cross_entropy, {output, target, weights},
                     Attributes(ops::CrossEntropyAttributes{label_smoothing, ignore_index}));
  }

  [[nodiscard]] std::optional<std::int64_t> ignored() const override { return ignore_index; }

  [[nodiscard]] double dense_divisor(const ValueType& target) const override {
    const std::int64_t positions = target.shape.size() / target.shape.back();
    return static_cast<double>(positions);
  }

  [[nodiscard]] double divisor(std::span<const std::int32_t> ids) const override {
    double sum = 0;
    for (const std::int32_t id : ids) {
      if (id == ignore_index) continue;
      sum += class_weights.empty() ? 1 : class_weights[static_cast<std::size_t>(id)];
    }
    return sum;
  }
};

}  // namespace

const LossKind crossEntropy = make_kind<CrossEntropy, Loss>("crossEntropy");

}  // namespace trainyard::losses
