// What training changes: parameters, state and optimizer slots; copied, kept and restored as whole blocks.
#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "core/arena.hpp"
#include "core/parallel.hpp"
#include "optimizers/optimizer.hpp"
#include "train/model.hpp"

namespace trainyard {

/// The optimizer's memory and how it walks over the parameters.
class Learner {
 public:
  Learner(const Model& model, const Optimizer& optimizer);

  /// Moves every trained parameter by its gradient. `step`: 1 for the first. Allocates nothing.
  void update(double lr, double gradient_scale, double l1, double l2, std::uint64_t step, ThreadPool& pool);
  /// The global norm of the gradient, squared. Allocates nothing.
  [[nodiscard]] double squared_norm();

  /// What is trained may have changed (a parameter was frozen), or which groups decay. `penalised`: l1 or l2, which
  /// biases and norms do not have.
  void arrange(bool penalised = false);

  [[nodiscard]] const Optimizer& optimizer() const { return optimizer_; }
  [[nodiscard]] Optimizer& optimizer() { return optimizer_; }
  [[nodiscard]] std::byte* slot(int i) const { return slots_[static_cast<std::size_t>(i)].data(); }

  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Range {
    std::size_t begin, end;  ///< bytes in the parameter block
    bool is_weight;
  };
  const Model& model_;
  Optimizer optimizer_;
  std::vector<Range> ranges_;
  std::array<Arena, max_slots> slots_;
  std::vector<double> partial_;
};

/// A copy of model and learner at one moment.
class Snapshot {
 public:
  Snapshot(const Model& model, const Learner& learner);
  void take(const Model& model, const Learner& learner);
  void restore(const Model& model, const Learner& learner) const;
  /// The parameter block as it was.
  [[nodiscard]] const std::byte* parameters() const { return memory_.data(); }
  [[nodiscard]] std::size_t bytes() const { return memory_.size(); }

 private:
  template <class F>
  void each(const Model& model, const Learner& learner, F f) const;
  Arena memory_;
};

}  // namespace trainyard
