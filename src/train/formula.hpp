// How a layer's parameters are counted, in words of arithmetic: for summaries and the ledger.
#pragma once
#include <span>
#include <string>

#include "graph/parameter.hpp"

namespace trainyard {

/// "(2 + 1) × 8": how the count of these parameters, one layer's, comes about from their shapes. "" without any.
[[nodiscard]] std::string formula(const ParameterTable& table, std::span<const ParamId> parameters);

}  // namespace trainyard
