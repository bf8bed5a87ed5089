// A network over the positions of one sequence: what it says comes next, at the cost of one position a token.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "executors/cpu.hpp"
#include "train/model.hpp"

namespace trainyard {

class Stepper {
 public:
  /// Throws SHAPE_MISMATCH or TYPE_MISMATCH (path "input", "output") unless the model takes one sequence of ids, [*,
  /// T], and gives one output of scores, [*, T, vocabulary] or [*, vocabulary]; NOT_SUPPORTED, with the layer's path,
  /// where it looks at later positions; OUT_OF_MEMORY.
  Stepper(const Model& model, ThreadPool& pool);

  /// How many tokens there are.
  [[nodiscard]] std::int64_t vocabulary() const { return static_cast<std::int64_t>(scores_.size()); }
  /// The longest sequence that the model was made for.
  [[nodiscard]] std::int64_t context() const { return context_; }
  /// Whether a sequence ends there. States of recurrent networks go on.
  [[nodiscard]] bool bounded() const { return bounded_; }
  /// Tokens since the last reset.
  [[nodiscard]] std::int64_t position() const { return position_; }

  /// Forgets: the next token is the first of a sequence.
  void reset();
  /// Goes on by these tokens, at least one and at most as many as the context has room for; the scores of what may
  /// follow the last. With the weights as they are now. Allocates nothing.
  std::span<const float> run(std::span<const std::int32_t> ids);

  /// Operations of the last run's last piece; a single token's after a single token.
  [[nodiscard]] double flops() const { return executor_->flops(); }
  [[nodiscard]] const Plan& plan() const { return executor_->plan(); }

 private:
  std::int64_t context_ = 0;
  std::int64_t position_ = 0;
  bool bounded_ = false;
  ValueId input_, output_;
  std::unique_ptr<CpuExecutor> executor_;
  std::vector<float> scores_;
};

}  // namespace trainyard
