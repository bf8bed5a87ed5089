// JSON values: descriptions, options, results. nlohmann/json, used for nothing in a training step.
#pragma once
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace trainyard {

using Json = nlohmann::ordered_json;

/// Parses strictly (UTF-8, no comments, no duplicate keys, at most 64 levels deep).
/// Throws BAD_FILE with `path` and the byte where it went wrong.
[[nodiscard]] Json parse_json(std::string_view text, std::string_view path);

/// Appends a member whose name the object does not have yet.
void put_value(Json& object, std::string_view key, Json&& value);
void put_value(Json& object, std::string_view key, std::int64_t value);
void put_value(Json& object, std::string_view key, double value);
void put_value(Json& object, std::string_view key, std::string_view value);
void put_value(Json& object, std::string_view key, bool value);
void put_value(Json& object, std::string_view key, std::span<const std::int64_t> sizes);

template <class T>
void put(Json& object, std::string_view key, T&& value) {
  using V = std::remove_cvref_t<T>;
  constexpr bool is_json = std::is_same_v<V, Json>;  // converts to anything
  if constexpr (std::is_same_v<V, bool>) {
    put_value(object, key, value);
  } else if constexpr (std::integral<V>) {
    put_value(object, key, static_cast<std::int64_t>(value));
  } else if constexpr (std::floating_point<V>) {
    put_value(object, key, static_cast<double>(value));
  } else if constexpr (!is_json && std::is_convertible_v<const V&, std::string_view>) {
    put_value(object, key, std::string_view(value));
  } else if constexpr (!is_json && std::is_convertible_v<const V&, std::span<const std::int64_t>>) {
    put_value(object, key, std::span<const std::int64_t>(value));
  } else {
    put_value(object, key, Json(std::forward<T>(value)));
  }
}

namespace detail {
inline void put_all(Json& /*object*/) {}
template <class T, class... Rest>
void put_all(Json& object, std::string_view key, T&& value, Rest&&... rest) {
  put(object, key, std::forward<T>(value));
  put_all(object, std::forward<Rest>(rest)...);
}
}  // namespace detail

/// json_object("a", 1, "b", "x") is {"a": 1, "b": "x"}. The library's own Json{{"a", 1}, …} makes and copies a list of
/// lists, hundreds of bytes of WebAssembly for each member.
template <class... Members>
[[nodiscard]] Json json_object(Members&&... members) {
  Json object = Json::object();
  detail::put_all(object, std::forward<Members>(members)...);
  return object;
}

/// A value as short text for an error's `got`: at most 60 characters.
[[nodiscard]] std::string short_text(const Json& value);

}  // namespace trainyard
