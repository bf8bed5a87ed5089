// Losses: what training makes small. A loss is one file: its options, the target it wants, and the op it writes.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/kinds.hpp"
#include "graph/graph.hpp"

namespace trainyard {

class Loss {
 public:
  Loss() = default;
  Loss(const Loss&) = default;
  Loss& operator=(const Loss&) = default;
  virtual ~Loss() = default;

  /// The type of the target for an output of this type, when the data's column is of `data` (class ids or dense).
  /// Throws SHAPE_MISMATCH with path "target".
  [[nodiscard]] virtual ValueType target(const ValueType& output, const ValueType& data) const = 0;
  /// Writes the loss: one number a row.
  [[nodiscard]] virtual ValueId build(Graph& graph, ValueId output, ValueId target) const = 0;
  /// Number of classes if targets may be class ids, else 0.
  [[nodiscard]] virtual std::int64_t classes(const ValueType& /*output*/) const { return 0; }
  /// A label outside the classes that says: this place does not count.
  [[nodiscard]] virtual std::optional<std::int64_t> ignored() const { return {}; }
  /// What one row's targets add to the divisor of the mean (weights of its classes, positions that count): for class
  /// ids; and for dense targets.
  [[nodiscard]] virtual double divisor(std::span<const std::int32_t> /*ids*/) const { return 1; }
  [[nodiscard]] virtual double dense_divisor(const ValueType& /*target*/) const { return 1; }
};

using LossKind = Kind<Loss>;

/// "crossEntropy" or {"type": "crossEntropy", "labelSmoothing": 0.1}.
[[nodiscard]] std::unique_ptr<Loss> parse_loss(const Json& description, const std::string& path = "loss");
[[nodiscard]] Json describe_losses();

}  // namespace trainyard
