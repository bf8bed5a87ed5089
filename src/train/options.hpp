// The options of a model as they come from outside: {"input": [1, 28, 28]} or {"inputs": {"a": [2], "b": [3]}}, "seed".
#pragma once
#include "core/json.hpp"
#include "train/model.hpp"

namespace trainyard {

/// A shape is a list of sizes, or {"shape": […], "dtype": "f32" | "i32" | "u8"}. Throws MISSING_OPTION without inputs.
[[nodiscard]] ModelOptions read_model_options(const Json& options);

}  // namespace trainyard
