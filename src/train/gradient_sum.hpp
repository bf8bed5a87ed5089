// The loss and the gradient of a batch that is run in pieces: the sum of the pieces', each counted as often as its
// divisor says, so that it is the whole batch's whatever the loss divides by (Lightning: accumulate_grad_batches,
// Keras: gradient_accumulation_steps).
#pragma once
#include <span>

#include "core/arena.hpp"
#include "train/model.hpp"

namespace trainyard {

class GradientSum {
 public:
  GradientSum() = default;
  /// One more block of gradients for a model, which must outlive it, and so many bytes more that travel with it. Throws
  /// OUT_OF_MEMORY.
  explicit GradientSum(const Model& model, std::size_t more = 0)
      : model_(&model), sum_(block_bytes(model, more), "gradients"), numbers_(count(model)) {}
  [[nodiscard]] static std::size_t block_bytes(const Model& model, std::size_t more) {
    return model.places().parameter_bytes + alignment + more;
  }

  /// Forgets what was added. Like all below, allocates nothing.
  void start();
  /// Adds a piece: divisor times its loss, and times the model's gradient, which is the piece's sum over its rows /
  /// divisor, or `over` where that is given.
  void add(double loss, double divisor, double over = 0);
  /// Adds what another sum of the same model holds: its block().
  void add(std::span<const std::byte> block);
  /// Makes the model's gradient the sum / all divisors together; returns the loss, likewise.
  double finish();
  /// All of it as bytes, to be handed to another sum; 64-byte aligned.
  [[nodiscard]] std::span<const std::byte> block() const { return {sum_.data(), sum_.size()}; }
  /// What travels with a block; 64-byte aligned.
  [[nodiscard]] std::span<std::byte> more() const {
    return std::span(sum_.data(), sum_.size()).subspan(end() + alignment);
  }
  [[nodiscard]] std::span<const std::byte> more(std::span<const std::byte> block) const {
    return block.subspan(end() + alignment);
  }
  [[nodiscard]] std::size_t bytes() const { return sum_.size() == 0 ? 0 : sum_.size() - alignment; }

 private:
  /// What stands behind the gradient.
  struct Totals {
    double loss, divisor;
    bool empty;
  };
  [[nodiscard]] static std::int64_t count(const Model& model) {
    return static_cast<std::int64_t>(model.places().parameter_bytes / element_size(DType::f32, model.precision()));
  }
  /// Of the block as it was made, whatever became of the model since.
  [[nodiscard]] std::size_t end() const {
    return static_cast<std::size_t>(numbers_) * element_size(DType::f32, model_->precision());
  }
  [[nodiscard]] Totals& totals() const { return *reinterpret_cast<Totals*>(sum_.data() + end()); }
  void add(const std::byte* numbers, double times, const Totals& totals);
  template <class T>
  void add_as(const std::byte* numbers, T times);
  template <class T>
  void finish_as(T scale);

  const Model* model_ = nullptr;
  Arena sum_;
  std::int64_t numbers_ = 0;
};

}  // namespace trainyard
