// What training changes: parameters, state and optimizer slots; copied, kept and restored as whole blocks.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
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

  /// Moves every trained parameter by its gradient. Allocates nothing.
  void update(double lr, double gradient_scale, double l1, double l2, ThreadPool& pool);
  /// The global norm of the gradient, squared. Allocates nothing.
  [[nodiscard]] double squared_norm();

  /// What is trained may have changed (a parameter was frozen), or which groups decay. `penalised`: l1 or l2, which
  /// biases and norms do not have.
  void arrange(bool penalised = false);

  /// How many updates each parameter has had, by ParamId: while it is frozen, none.
  void read_updates(std::span<std::uint64_t> to) const;
  void write_updates(std::span<const std::uint64_t> from);

  [[nodiscard]] const Optimizer& optimizer() const { return optimizer_; }
  [[nodiscard]] Optimizer& optimizer() { return optimizer_; }
  [[nodiscard]] std::byte* slot(int i) const { return slots_[static_cast<std::size_t>(i)].data(); }

  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Range {
    std::size_t begin, end;  ///< bytes in the parameter block
    bool is_weight;
    std::uint64_t updates;            ///< that every parameter in it has had
    std::vector<std::size_t> params;  ///< by ParamId
  };
  const Model& model_;
  Optimizer optimizer_;
  std::vector<Range> ranges_;
  std::vector<std::uint64_t> updates_;  ///< by ParamId; of those in ranges, before these were made
  bool penalised_ = false;
  std::array<Arena, max_slots> slots_;
  std::vector<double> partial_;
};

/// A copy of model and learner at one moment.
class Snapshot {
 public:
  Snapshot(const Model& model, const Learner& learner);
  void take(const Model& model, const Learner& learner);
  void restore(const Model& model, Learner& learner) const;
  /// The parameter block as it was.
  [[nodiscard]] const std::byte* parameters() const { return memory_.data(); }
  [[nodiscard]] std::size_t bytes() const { return memory_.size(); }

 private:
  template <class F>
  void each(const Model& model, const Learner& learner, F f) const;
  Arena memory_;
  std::vector<std::uint64_t> updates_;
};

}  // namespace trainyard
