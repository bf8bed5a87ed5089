// Lists of kinds that are chosen by name: optimizers, schedules, initialisers, metrics, … An entry is made from an
// options struct O with `visit` and, where options constrain each other, `check(path)`.
#pragma once
#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/options.hpp"

namespace trainyard {

/// "adam" or {"type": "adam", "lr": 0.1} as a name and an object.
struct Description {
  std::string type;
  Json options = Json::object();
};

/// Reads a description. Throws TYPE_MISMATCH for another type of value, MISSING_OPTION for an object without "type".
[[nodiscard]] Description read_description(const Json& value, const std::string& path);

/// The index of `name` in `names`; throws UNKNOWN_LAYER with the nearest known name.
[[nodiscard]] std::size_t find_kind(std::string_view name, std::span<const std::string_view> names,
                                    const std::string& path);

/// Parses options and lets them check themselves.
template <class O>
[[nodiscard]] O parse_checked(const Json& object, const std::string& path) {
  auto options = parse_options<O>(object, path);
  if constexpr (requires { options.check(path); }) options.check(path);
  return options;
}

/// One entry of a list whose members share the interface I and carry their options as fields.
template <class I>
struct Kind {
  std::string_view name;
  std::unique_ptr<I> (*make)(const Json& options, const std::string& path);
  Json (*describe)();  ///< null where `describes_options` is false
};

template <class O, class I>
[[nodiscard]] constexpr Kind<I> make_kind(std::string_view name) {
  return {name,
          [](const Json& options, const std::string& path) -> std::unique_ptr<I> {
            return std::make_unique<O>(parse_checked<O>(options, path));
          },
          describer<O>()};
}

/// The names of a list: an array of pointers to entries that have a name.
template <class List>
[[nodiscard]] std::vector<std::string_view> kind_names(const List& list) {
  std::vector<std::string_view> names;
  for (const auto* kind : list) names.push_back(kind->name);
  return names;
}

/// The member of the list that `value` describes.
template <class List>
[[nodiscard]] auto parse_kind(const List& list, const Json& value, const std::string& path) {
  const Description d = read_description(value, path);
  return list[find_kind(d.type, kind_names(list), path)]->make(d.options, path);
}

/// [{"name", "options": […]}] for types, docs and forms; without the options where `describes_options` is false.
template <class List>
[[nodiscard]] Json describe_kinds(const List& list) {
  Json result = Json::array();
  for (const auto* kind : list) {
    result.push_back(json_object("name", kind->name));
    if (kind->describe != nullptr) put(result.back(), "options", kind->describe());
  }
  return result;
}

/// Writes options as the object that parses to them.
class OptionWriter {
 public:
  template <class T, class... Rest>
  void operator()(std::string_view key, const T& field, const Rest&... /*range*/) {
    object_[std::string(key)] = to_json(field);
  }
  template <class T, class... Rest>
  void required(std::string_view key, const T& field, const Rest&... /*range*/) {
    object_[std::string(key)] = to_json(field);
  }
  const Json* raw(std::string_view /*key*/) { return nullptr; }
  [[nodiscard]] Json take() { return std::move(object_); }

 private:
  template <class T>
  static Json to_json(const T& field) {
    return field;
  }
  template <class T>
  static Json to_json(const std::optional<T>& field) {
    return field ? Json(*field) : Json(nullptr);
  }
  Json object_ = Json::object();
};

template <class O>
[[nodiscard]] Json write_options(O options) {
  OptionWriter writer;
  options.visit(writer);
  return writer.take();
}

}  // namespace trainyard
