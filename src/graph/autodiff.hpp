// Reverse-mode differentiation: the chain rule, once.
#pragma once
#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace trainyard {

/// What a gradient rule sees: its node, the gradients of the node's outputs, and which inputs want one.
class Gradient {
 public:
  Gradient(Graph& graph, NodeId node, std::span<const ValueId> d_outputs, std::span<const char> wanted)
      : graph_(graph), node_(node), d_outputs_(d_outputs), wanted_(wanted), d_inputs_(wanted.size()) {}

  [[nodiscard]] Graph& graph() { return graph_; }
  [[nodiscard]] ValueId in(std::size_t i) const;
  [[nodiscard]] bool has(std::size_t i) const { return in(i).valid(); }
  [[nodiscard]] ValueId out(std::size_t i = 0) const { return graph_[node_].outputs[i]; }
  [[nodiscard]] const Attributes& attributes() const { return graph_[node_].attributes; }
  /// Gradient of output i; invalid if nothing after it depends on that output.
  [[nodiscard]] ValueId d(std::size_t i = 0) const { return d_outputs_[i]; }
  [[nodiscard]] bool wanted(std::size_t i) const { return i < wanted_.size() && wanted_[i] != 0; }
  void set(std::size_t i, ValueId gradient) { d_inputs_[i] = gradient; }
  /// Emits a node into the graph.
  ValueId add(const Op& op, std::initializer_list<ValueId> inputs, const Attributes& attributes = {}) {
    return graph_.add(op, inputs, attributes);
  }
  [[nodiscard]] std::span<const ValueId> d_inputs() const { return d_inputs_; }

 private:
  Graph& graph_;
  NodeId node_;
  std::span<const ValueId> d_outputs_;
  std::span<const char> wanted_;
  std::vector<ValueId> d_inputs_;
};

/// Emits the gradients of the loss with respect to every trained parameter (and to `extra`, for inspection) into the
/// graph. `loss` is one number a row; `seed` its gradient. Values that are a parameter's gradient are marked
/// (is_gradient, parameter) and kept. Returns the gradient of every value by index (invalid: none).
std::vector<ValueId> differentiate(Graph& graph, ValueId loss, ValueId seed, std::span<const ValueId> extra = {});

}  // namespace trainyard
