// A model's parameters as a safetensors file, under PyTorch's names and in its layouts: what torch's
// load_state_dict(strict=True) takes and state_dict() gives.
#pragma once
#include <cstddef>
#include <span>

#include "core/bytes.hpp"
#include "core/json.hpp"
#include "train/model.hpp"

namespace trainyard {

/// Every parameter and state under all its names.
[[nodiscard]] Bytes write_state_dict(const Model& model);

/// Sets all parameters and state from a file, which must hold exactly them; of the names of one that layers share, one
/// is enough, as safetensors' save_model leaves it. Returns {"loaded": [names], "notFinite":
/// [names whose numbers are not all finite]}. Throws BAD_FILE; PARAMETER_MISMATCH (path: the name) for a tensor that is
/// missing, superfluous or of another shape; then nothing has changed.
Json read_state_dict(Model& model, std::span<const std::byte> file);

}  // namespace trainyard
