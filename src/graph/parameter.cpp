#include "graph/parameter.hpp"

#include "core/error.hpp"

namespace trainyard {

std::string_view name(ParameterKind kind) noexcept {
  switch (kind) {
    case ParameterKind::weight: return "weight";
    case ParameterKind::bias: return "bias";
    case ParameterKind::norm: return "norm";
    case ParameterKind::state: return "state";
  }
  return "?";
}

Shape Parameter::stored_shape() const {
  std::array<std::int64_t, 4> dims{};
  if (stored == as_is) return shape;
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape.rank()); ++i) dims[i] = shape[stored.order[i]];
  return Shape(std::span(dims).first(static_cast<std::size_t>(shape.rank())));
}

ParamId ParameterTable::get(const Parameter& wanted) {
  if (const ParamId id = find(wanted.names.front()); id.valid()) {
    const Parameter& known = (*this)[id];
    if (known.shape != wanted.shape) {
      throw Error(ErrorCode::parameter_mismatch, wanted.names.front(), text(known.shape), text(wanted.shape));
    }
    return id;
  }
  const ParamId id{static_cast<std::int32_t>(parameters_.size())};
  parameters_.push_back(wanted);
  for (const std::string& name : wanted.names) by_name_.emplace(name, id);
  return id;
}

void ParameterTable::alias(ParamId id, const std::string& name) {
  const ParamId known = find(name);
  if (known == id) return;
  if (known.valid()) throw Error(ErrorCode::invalid_graph, name, "", name, {"name_taken", name});
  (*this)[id].names.push_back(name);
  by_name_.emplace(name, id);
}

ParamId ParameterTable::find(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? ParamId{} : it->second;
}

}  // namespace trainyard
