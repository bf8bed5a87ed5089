#include "graph/stepping.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.hpp"

namespace trainyard {
namespace {

/// The type of a value with one place along its axis of positions.
ValueType at_one(ValueType type, int axis) {
  if (axis < 0) return type;
  std::array<std::int64_t, Shape::max_rank> dims{};
  std::ranges::copy(type.shape.dims(), dims.begin());
  dims[static_cast<std::size_t>(axis)] = 1;
  type.shape = Shape(std::span(dims).first(static_cast<std::size_t>(type.shape.rank())));
  return type;
}

class Walk {
 public:
  Walk(const Graph& whole, Graph& step, std::int64_t positions)
      : whole_(whole), step_(step), positions_(positions), known_(whole.value_count()) {
    for (std::size_t i = 0; i < known_.size(); ++i) {
      const Value& v = whole[ValueId{static_cast<std::int32_t>(i)}];
      if (v.role == Role::parameter) known_[i].value = step.parameter(v.parameter);
      if (v.role == Role::constant) known_[i].value = step.constant(v.name, v.type.shape, v.constant);
    }
  }

  SteppedGraph make(ValueId input, ValueId output) {
    SteppedGraph made;
    made.input = step_.input(whole_[input].name, at_one(whole_.type(input), 0));
    known_[input.index()] = {made.input, 0};
    for (const NodeId n : whole_.order()) made.bounded = step(whole_[n]) || made.bounded;
    made.output = known_[output.index()].value;
    step_.keep(made.output);
    return made;
  }

 private:
  /// Whether it ends with the longest sequence.
  bool step(const Node& node) {
    const Graph::Scope scope(step_, node.path, node.name);
    Stepping s(whole_, node, known_, step_, positions_);
    bool moves = false;
    for (std::size_t i = 0; i < s.inputs(); ++i) moves = moves || s.axis(i) >= 0;
    if (node.op->step == nullptr && (moves || node.op->couples_rows)) s.refuse();
    try {
      node.op->step != nullptr ? node.op->step(s) : s.itself(-1);
    } catch (const Error& e) {
      if (e.code == ErrorCode::shape_mismatch) s.refuse();  // a table with a row for every position
      throw;
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const SteppedValue& v = s.outputs()[i];
      if (v.value.valid() && step_.type(v.value) != at_one(whole_.type(node.outputs[i]), v.axis)) s.refuse();
      known_[node.outputs[i].index()] = v;
    }
    return s.bounded();
  }

  const Graph& whole_;
  Graph& step_;
  std::int64_t positions_;
  std::vector<SteppedValue> known_;
};

}  // namespace

Stepping::Stepping(const Graph& whole, const Node& node, std::span<const SteppedValue> known, Graph& step,
                   std::int64_t positions)
    : whole_(whole), node_(node), known_(known), step_(step), positions_(positions), outputs_(node.outputs.size()) {}

ValueId Stepping::in(std::size_t i) const { return has(i) ? known_[node_.inputs[i].index()].value : ValueId{}; }

int Stepping::axis(std::size_t i) const { return has(i) ? known_[node_.inputs[i].index()].axis : -1; }

const Node* Stepping::producer(std::size_t i) const {
  const Value& v = whole_[node_.inputs[i]];
  return v.role == Role::computed ? &whole_[v.producer] : nullptr;
}

int Stepping::common_axis() const {
  int common = -1;
  bool first = true;
  for (std::size_t i = 0; i < inputs(); ++i) {
    if (!has(i) || !was(i).batched) continue;
    if (!first && axis(i) != common) refuse();
    common = axis(i);
    first = false;
  }
  return common;
}

void Stepping::itself(int axis, const Attributes& attributes) {
  std::array<ValueId, max_inputs> now{};
  for (std::size_t i = 0; i < inputs(); ++i) now[i] = in(i);
  const ValueId first = add(*node_.op, std::span(now).first(inputs()), attributes);
  for (std::size_t i = 0; i < outputs_.size(); ++i) set(i, step_.output(first, i), axis);
}

ValueId Stepping::memory(std::string name, const Shape& shape) {
  return step_.input(std::move(name), {.shape = shape, .batched = false}, Role::memory);
}

void Stepping::refuse() const {
  throw Error(ErrorCode::not_supported, node_.path, "", std::string(node_.op->name), {"looks_ahead", ""});
}

void step_elementwise(Stepping& s) { s.itself(s.common_axis()); }

void step_along_last(Stepping& s) {
  const int axis = s.common_axis();
  if (axis == s.was(0).shape.rank() - 1) s.refuse();
  s.itself(axis);
}

SteppedGraph step_graph(const Graph& whole, ValueId input, ValueId output, Graph& step) {
  return Walk(whole, step, whole.type(input).shape[0]).make(input, output);
}

}  // namespace trainyard
