// Finding what went wrong in a step whose values were all kept.
#pragma once
#include <cstdint>
#include <string>

#include "train/compile.hpp"

namespace trainyard {

/// Path of the first layer, in the order of computation, whose parameters or output hold NaN or infinity: "layers[2]
/// linear", or the name of an input. "" if every value is finite.
[[nodiscard]] std::string first_not_finite(const Compiled& inspected, std::int64_t rows);

}  // namespace trainyard
