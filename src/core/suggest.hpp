// The nearest known name, for "did you mean".
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace trainyard {

/// The name with the smallest edit distance (Levenshtein 1966, case ignored), or "" if none is near (more than a third
/// of the letters differ, and neither name begins with the other).
[[nodiscard]] std::string nearest(std::string_view name, std::span<const std::string_view> known);

/// "a, b, c"
[[nodiscard]] std::string list_text(std::span<const std::string_view> names);

/// The error for a name that is not in the list: expected lists the names, the hint the nearest.
[[nodiscard]] Error unknown_name(ErrorCode code, std::string path, std::string_view name,
                                 std::span<const std::string_view> known);

}  // namespace trainyard
