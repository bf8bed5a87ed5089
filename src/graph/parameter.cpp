#include "graph/parameter.hpp"

#include <algorithm>

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
  parameters_.push_back(wanted);
  return {static_cast<std::int32_t>(parameters_.size() - 1)};
}

void ParameterTable::alias(ParamId id, const std::string& name) {
  const ParamId known = find(name);
  if (known == id) return;
  if (known.valid()) throw Error(ErrorCode::invalid_graph, name, "", name, {"name_taken", name});
  (*this)[id].names.push_back(name);
}

ParamId ParameterTable::find(std::string_view name) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (std::ranges::find(parameters_[i].names, name) != parameters_[i].names.end()) {
      return {static_cast<std::int32_t>(i)};
    }
  }
  return {};
}

}  // namespace trainyard
