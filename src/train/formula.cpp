#include "train/formula.hpp"

namespace trainyard {

std::string formula(const ParameterTable& table, std::span<const ParamId> parameters) {
  std::string text;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = table[parameters[i]];
    if (p.kind == ParameterKind::state) continue;
    std::string term;
    if (p.kind == ParameterKind::weight && p.shape.rank() >= 2) {
      for (int axis = p.shape.rank() - 1; axis >= 1; --axis) {
        term += (term.empty() ? "" : " × ") + std::to_string(p.shape[axis]);
      }
      const bool with_bias = i + 1 < parameters.size() && table[parameters[i + 1]].kind == ParameterKind::bias &&
                             table[parameters[i + 1]].shape == Shape{p.shape[0]};
      if (with_bias) {
        term = "(" + term + " + 1)";
        ++i;
      }
      term += " × " + std::to_string(p.shape[0]);
    } else {
      term = std::to_string(p.shape.size());
    }
    text += (text.empty() ? "" : " + ") + term;
  }
  return text;
}

}  // namespace trainyard
