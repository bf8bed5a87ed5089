// From a network over whole sequences, [*, T, …], to the same network over single positions, which is what generation
// runs: rows become positions of one sequence, the axis of positions has one place, and what an op has to know of
// earlier positions lies in memories. So one position costs one position, and many rows take a prompt in at once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace trainyard {

/// A value of the network over sequences, as it is over positions.
struct SteppedValue {
  ValueId value;
  int axis = -1;  ///< of positions, now with one place; -1: it has none
};

/// What a step rule (Op::step) sees and says.
class Stepping {
 public:
  Stepping(const Graph& whole, const Node& node, std::span<const SteppedValue> known, Graph& step,
           std::int64_t positions);

  /// The longest sequence that the network takes.
  [[nodiscard]] std::int64_t positions() const { return positions_; }
  [[nodiscard]] std::size_t inputs() const { return node_.inputs.size(); }
  [[nodiscard]] bool has(std::size_t i) const { return i < inputs() && node_.inputs[i].valid(); }
  /// An input over positions; an invalid id where it is left out.
  [[nodiscard]] ValueId in(std::size_t i) const;
  /// The axis of its positions, -1 if it has none.
  [[nodiscard]] int axis(std::size_t i) const;
  /// The type it has over sequences.
  [[nodiscard]] const ValueType& was(std::size_t i) const { return whole_.type(node_.inputs[i]); }
  [[nodiscard]] const Attributes& attributes() const { return node_.attributes; }
  /// What computes input i over sequences; null for parameters and the like.
  [[nodiscard]] const Node* producer(std::size_t i) const;
  /// A value over sequences as it is over positions.
  [[nodiscard]] ValueId now(ValueId whole) const { return known_[whole.index()].value; }
  /// The axis of positions that all batched inputs share; refuses where they do not agree.
  [[nodiscard]] int common_axis() const;

  /// The op itself on the inputs over positions, its outputs' positions along `axis`.
  void itself(int axis) { itself(axis, node_.attributes); }
  void itself(int axis, const Attributes& attributes);
  /// Adds a node over positions; its first output.
  ValueId add(const Op& op, std::span<const ValueId> inputs, const Attributes& attributes = {}) {
    return step_.add(op, inputs, attributes);
  }
  /// What output i is.
  void set(std::size_t i, ValueId value, int axis) { outputs_[i] = {value, axis}; }

  /// Numbers that live from run to run, zero at the start of a sequence.
  [[nodiscard]] ValueId memory(std::string name, const Shape& shape);
  /// Says that the op's memory or tables end with the longest sequence.
  void bound() { bounded_ = true; }
  [[nodiscard]] bool bounded() const { return bounded_; }

  /// Throws NOT_SUPPORTED: the op looks at positions that are still to come.
  [[noreturn]] void refuse() const;

  [[nodiscard]] std::span<const SteppedValue> outputs() const { return outputs_; }

 private:
  const Graph& whole_;
  const Node& node_;
  std::span<const SteppedValue> known_;
  Graph& step_;
  std::int64_t positions_;
  bool bounded_ = false;
  std::vector<SteppedValue> outputs_;
};

/// Rule of ops that compute every number by itself.
void step_elementwise(Stepping& s);
/// Rule of ops that work along the last axis, which may not be that of positions.
void step_along_last(Stepping& s);

/// A network over positions.
struct SteppedGraph {
  ValueId input, output;
  bool bounded = false;  ///< a sequence may not be longer than `positions`
};

/// Writes into `step` what `whole` is over positions. `input` is [*, T] of `whole`. Throws NOT_SUPPORTED, with the
/// layer's path, where an op looks at positions that are still to come.
[[nodiscard]] SteppedGraph step_graph(const Graph& whole, ValueId input, ValueId output, Graph& step);

}  // namespace trainyard
