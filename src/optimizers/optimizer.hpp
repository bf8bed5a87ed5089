// Optimizers: how a parameter moves, given its gradient. An optimizer is one file with its options and its update.
//
// Semantics, option names and defaults are PyTorch's (torch.optim), in camelCase, but for parameter groups: biases and
// the scales and shifts of norms are not decayed unless `decayBiasAndNorm` says so.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/json.hpp"
#include "core/shape.hpp"

namespace trainyard {

inline constexpr std::size_t max_slots = 3;

/// One contiguous range of parameters with all that its step needs. Every element is updated by itself, so a block may
/// be cut anywhere: the bits do not change. Pointers are float* or double*, as the precision says.
struct Update {
  void* parameter = nullptr;
  const void* gradient = nullptr;
  std::array<void*, max_slots> slots{};  ///< optimizer state beside the parameters, zero before the first step
  std::int64_t count = 0;
  double lr = 0;              ///< of this step: the schedule's
  double weight_decay = 0;    ///< of this range's group: Optimizer::weight_decay
  double gradient_scale = 1;  ///< of clipping: see clip.hpp
  double l1 = 0;              ///< adds l1 sign(p) to the gradient: a penalty l1 sum |p|
  double l2 = 0;              ///< adds l2 p to the gradient: a penalty l2 / 2 sum p^2
  std::uint64_t step = 1;     ///< how many updates this range has had, this one included: 1 for the first
};

/// An optimizer's options in a fixed number of bytes, so that a run is flat data.
using OptimizerOptions = std::array<std::byte, 96>;

/// One entry of the list; made by optimizers/kind.hpp from an options struct.
struct OptimizerKind {
  using Step = void (*)(const OptimizerOptions&, const Update&);

  std::string_view name;
  std::array<std::string_view, max_slots> slot_names;  ///< PyTorch's: "exp_avg", …
  Step f32 = nullptr;
  Step f64 = nullptr;  ///< native builds only
  int (*slots)(const OptimizerOptions&) = nullptr;
  double (*lr)(const OptimizerOptions&) = nullptr;
  void (*set_lr)(OptimizerOptions&, double lr) = nullptr;
  double (*weight_decay)(const OptimizerOptions&, bool is_weight) = nullptr;
  OptimizerOptions (*parse)(const Json&, const std::string& path) = nullptr;
  void (*change)(OptimizerOptions&, const Json&, const std::string& path) = nullptr;
  Json (*write)(const OptimizerOptions&) = nullptr;
  Json (*describe)() = nullptr;
};

/// An optimizer and its hyper-parameters, which may change between two steps.
class Optimizer {
 public:
  /// `compiled` is the same kind, whose updates run (simd/dispatch.hpp).
  Optimizer(const OptimizerKind& kind, const OptimizerKind& compiled, const OptimizerOptions& options)
      : kind_(&kind), compiled_(&compiled), options_(options) {}

  [[nodiscard]] std::string_view name() const { return kind_->name; }
  /// Numbers kept for each parameter.
  [[nodiscard]] int slots() const { return kind_->slots(options_); }
  /// PyTorch's name of a slot: "exp_avg".
  [[nodiscard]] std::string_view slot_name(int slot) const { return kind_->slot_names[static_cast<std::size_t>(slot)]; }
  /// The base learning rate: schedules start from it.
  [[nodiscard]] double lr() const { return kind_->lr(options_); }
  void set_lr(double lr) { kind_->set_lr(options_, lr); }
  /// The weight decay of a group: `is_weight` is false for biases and norms' parameters.
  [[nodiscard]] double weight_decay(bool is_weight) const { return kind_->weight_decay(options_, is_weight); }
  /// Changes options between two steps: {"lr": 0.01}. Throws as parsing does, and INVALID_VALUE with the hint
  /// "fixed_while_training" for a change that needs another number of slots; then nothing has changed.
  void set(const Json& changes, const std::string& path = "optimizer");
  /// The description that parses to this optimizer.
  [[nodiscard]] Json json() const;

  /// Updates one range. Cannot fail, allocates nothing.
  void update(Precision precision, const Update& u) const {
    (precision == Precision::f32 ? compiled_->f32 : compiled_->f64)(options_, u);
  }

 private:
  const OptimizerKind* kind_;
  const OptimizerKind* compiled_;
  OptimizerOptions options_;
};

/// "adam" or {"type": "adam", "lr": 0.01, …}. Throws UNKNOWN_LAYER, UNKNOWN_OPTION, INVALID_VALUE, ….
[[nodiscard]] Optimizer parse_optimizer(const Json& description, const std::string& path = "optimizer");

/// [{"name", "options"}] of every optimizer.
[[nodiscard]] Json describe_optimizers();

}  // namespace trainyard
