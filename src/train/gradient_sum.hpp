// The gradient of a batch that is run in pieces: the sum of the pieces' gradients, each counted as often as its
// divisor says, so that it is the whole batch's whatever the loss divides by (Lightning: accumulate_grad_batches,
// Keras: gradient_accumulation_steps).
#pragma once
#include "core/arena.hpp"
#include "train/model.hpp"

namespace trainyard {

class GradientSum {
 public:
  GradientSum() = default;
  /// One more block of gradients for a model, which must outlive it. Throws OUT_OF_MEMORY.
  explicit GradientSum(const Model& model)
      : model_(&model), sum_(model.places().parameter_bytes, "gradients"), numbers_(count(model)) {}

  /// Forgets what was added. Like all below, allocates nothing.
  void start() {
    divisor_ = 0;
    empty_ = true;
  }
  /// Adds divisor times the model's gradient, which is the piece's sum over its rows / divisor.
  void add(double divisor);
  /// Makes the model's gradient the sum / all divisors together, which it returns.
  double finish();
  [[nodiscard]] std::size_t bytes() const { return sum_.size(); }

 private:
  [[nodiscard]] static std::int64_t count(const Model& model) {
    return static_cast<std::int64_t>(model.places().parameter_bytes / element_size(DType::f32, model.precision()));
  }
  template <class T>
  void add_as(T divisor);
  template <class T>
  void finish_as(T scale);

  const Model* model_ = nullptr;
  Arena sum_;
  std::int64_t numbers_ = 0;
  double divisor_ = 0;
  bool empty_ = true;
};

}  // namespace trainyard
