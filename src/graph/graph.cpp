#include "graph/graph.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "graph/inserted_ops.hpp"

namespace trainyard {

ValueId Graph::new_value(Value value) {
  values_.push_back(std::move(value));
  return {static_cast<std::int32_t>(values_.size() - 1)};
}

ValueId Graph::input(std::string name, const ValueType& type, Role role) {
  Value value;
  value.type = type;
  value.role = role;
  value.name = std::move(name);
  return new_value(std::move(value));
}

ValueId Graph::parameter(ParamId id) {
  if (id.index() >= parameter_values_.size()) parameter_values_.resize(id.index() + 1);
  ValueId& known = parameter_values_[id.index()];
  if (known.valid()) return known;
  const Parameter& p = (*parameters_)[id];
  Value value;
  value.type = {.shape = p.stored_shape(), .batched = false, .dtype = p.dtype};
  value.role = Role::parameter;
  value.name = p.names.front();
  value.parameter = id;
  return known = new_value(std::move(value));
}

ValueId Graph::constant(std::string name, const Shape& shape, std::vector<float> numbers) {
  Value value;
  value.type = {.shape = shape, .batched = false};
  value.role = Role::constant;
  value.name = std::move(name);
  value.constant = std::move(numbers);
  return new_value(std::move(value));
}

ValueId Graph::find_constant(std::string_view name, const Shape& shape) const {
  const auto is_it = [&](const Value& v) {
    return v.role == Role::constant && v.name == name && v.type.shape == shape;
  };
  const auto at = std::ranges::find_if(values_, is_it);
  return at == values_.end() ? ValueId{} : ValueId{static_cast<std::int32_t>(at - values_.begin())};
}

ValueId Graph::add(const Op& op, std::initializer_list<ValueId> inputs, const Attributes& attributes) {
  return add(op, std::span(inputs.begin(), inputs.size()), attributes);
}

ValueId Graph::add(const Op& op, std::span<const ValueId> inputs, const Attributes& attributes) {
  Node node;
  node.op = &op;
  node.inputs.assign(inputs.begin(), inputs.end());
  node.attributes = attributes;
  node.path = path_;
  node.name = name_;
  node.backward = backward;
  Inference inference(*this, node.inputs, node.attributes);
  try {
    op.infer(inference);
  } catch (const Error& e) {
    if (!e.path.empty()) throw;
    throw Error(e.code, path_.empty() ? std::string(op.name) : path_, e.expected, e.got, e.hint);
  }
  const NodeId id{static_cast<std::int32_t>(nodes_.size())};
  for (const ValueType& type : inference.outputs()) {
    Value value;
    value.type = type;
    value.name = path_.empty() ? std::string(op.name) : path_;
    value.producer = id;
    node.outputs.push_back(new_value(std::move(value)));
  }
  const ValueId first = node.outputs.front();
  nodes_.push_back(std::move(node));
  order_.push_back(id);
  return first;
}

ValueId Graph::output(ValueId first, std::size_t index) const {
  return (*this)[(*this)[first].producer].outputs[index];
}

ValueId Graph::whole_numbers(ValueId v, std::int64_t low, std::int64_t high) {
  Value& input = (*this)[v];
  if (input.type.dtype != DType::i32) {
    const auto reads = [&](NodeId n) { return std::ranges::find((*this)[n].inputs, v) != (*this)[n].inputs.end(); };
    if (input.role != Role::input || std::ranges::any_of(order_, reads)) {
      throw Error(ErrorCode::type_mismatch, "", "i32", std::string(trainyard::name(input.type.dtype)));
    }
    input.type.dtype = DType::i32;
  }
  input.limits = {std::max(input.limits.low, low), std::min(input.limits.high, high)};
  return v;
}

ValueId Graph::channels_last(ValueId v) {
  if (type(v).layout == Layout::channels_last) return v;
  return add(ops::to_channels_last, {v});
}

ValueId Graph::channels_first(ValueId v) {
  if (type(v).layout == Layout::channels_first) return v;
  return add(ops::to_channels_first, {v});
}

std::vector<std::vector<NodeId>> Graph::readers() const {
  std::vector<std::vector<NodeId>> readers(values_.size());
  for (const NodeId n : order_) {
    for (const ValueId v : (*this)[n].inputs) {
      if (!v.valid()) continue;
      auto& list = readers[v.index()];
      if (list.empty() || list.back() != n) list.push_back(n);
    }
  }
  return readers;
}

void Graph::keep(ValueId v) {
  if (std::ranges::find(results, v) == results.end()) results.push_back(v);
}

Graph::Scope::Scope(Graph& graph, std::string path, std::string name)
    : graph_(graph),
      path_(std::exchange(graph.path_, std::move(path))),
      name_(std::exchange(graph.name_, std::move(name))) {}

Graph::Scope::~Scope() {
  graph_.path_ = std::move(path_);
  graph_.name_ = std::move(name_);
}

void Inference::require(bool condition, const std::string& expected, const std::string& got, Hint hint) {
  if (!condition) throw Error(ErrorCode::shape_mismatch, "", expected, got, std::move(hint));
}

void Inference::require_float(const ValueType& type) {
  if (type.dtype != DType::f32)
    throw Error(ErrorCode::type_mismatch, "", "f32", std::string(trainyard::name(type.dtype)));
}

}  // namespace trainyard
