// A data set on its way to another engine: what it consists of as JSON, and its memory as it lies. Windows, parts and
// conversions stay what they are; nothing is copied here.
#pragma once
#include <span>
#include <vector>

#include "core/json.hpp"
#include "data/dataset.hpp"

namespace trainyard {

struct Packed {
  Json description;
  std::vector<std::span<const std::byte>> buffers;  ///< valid as long as the data set is
};

[[nodiscard]] Packed pack(const Dataset& data);

/// The same data set from copies of the buffers. Throws INTERNAL for what `pack` cannot have made, and as Dataset does.
[[nodiscard]] Dataset unpack(const Json& description, std::span<Bytes> buffers);

}  // namespace trainyard
