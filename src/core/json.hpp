// JSON values: descriptions, options, results. nlohmann/json, used for nothing in a training step.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace trainyard {

using Json = nlohmann::ordered_json;

/// Parses strictly (UTF-8, no comments, no duplicate keys, at most 64 levels deep).
/// Throws BAD_FILE with `path` and the byte where it went wrong.
[[nodiscard]] Json parse_json(std::string_view text, std::string_view path);

/// A value as short text for an error's `got`: at most 60 characters.
[[nodiscard]] std::string short_text(const Json& value);

}  // namespace trainyard
