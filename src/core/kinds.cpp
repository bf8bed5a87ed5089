#include "core/kinds.hpp"

namespace trainyard {

Description read_description(const Json& value, const std::string& path) {
  if (value.is_string()) return {value.get<std::string>(), Json::object()};
  if (!value.is_object()) throw Error(ErrorCode::type_mismatch, path, "name | { type, … }", short_text(value));
  const auto type = value.find("type");
  if (type == value.end()) throw Error(ErrorCode::missing_option, path + ".type", "", "");
  if (!type->is_string()) throw Error(ErrorCode::type_mismatch, path + ".type", "string", short_text(*type));
  return {type->get<std::string>(), value};
}

std::size_t find_kind(std::string_view name, std::span<const std::string_view> names, const std::string& path) {
  const auto it = std::ranges::find(names, name);
  if (it == names.end()) throw unknown_name(ErrorCode::unknown_layer, path, name, names);
  return static_cast<std::size_t>(it - names.begin());
}

}  // namespace trainyard
