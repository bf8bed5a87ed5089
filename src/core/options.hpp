// Options of layers, losses, optimizers, …: one declaration gives parsing with checks, writing and a description.
//
//   struct Dropout {
//     double p = 0.5;
//     template <class V> void visit(V& v) { v("p", p, Range{0, 1, .open_max = true}); }
//   };
//
// `visit` names each option once; a field without a default is declared with v.required(...).
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/suggest.hpp"

namespace trainyard {

/// The legal values of a number.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool open_min = false;  ///< min itself is not allowed
  bool open_max = false;

  [[nodiscard]] bool contains(double x) const {
    return (open_min ? x > min : x >= min) && (open_max ? x < max : x <= max);
  }
};
inline constexpr Range any_number{};
inline constexpr Range at_least_one{.min = 1};
inline constexpr Range not_negative{.min = 0};
inline constexpr Range positive{.min = 0, .open_min = true};
inline constexpr Range share{.min = 0, .max = 1};  ///< [0, 1]
/// "0.1", "NaN", "-Infinity": a number in an error.
[[nodiscard]] std::string number_text(double x);
/// ">= 1", "[0, 1)"; "" for any number.
[[nodiscard]] std::string text(const Range& range);

/// The names an option may take (an enum or a kind).
using Choices = std::vector<std::string_view>;

/// A scalar or a pair, as PyTorch's kernel sizes: 3 or [3, 5].
using Pair = std::array<std::int64_t, 2>;

/// Two numbers, as PyTorch's betas: [0.9, 0.999].
using Numbers2 = std::array<double, 2>;

/// Reads one options object; complains about wrong types, values out of range and names it does not know.
class OptionReader {
 public:
  /// `path` names the owner in errors: "layers[3] conv2d", "optimizer". `object` must outlive the reader.
  OptionReader(const Json& object, std::string path);

  template <class T>
  void operator()(std::string_view key, T& field, const Range& range = any_number) {
    if (const Json* value = find(key)) read(key, *value, field, range);
  }
  void operator()(std::string_view key, std::string& field, const Choices& choices) {
    if (const Json* value = find(key)) read_choice(key, *value, field, choices);
  }
  template <class T>
  void required(std::string_view key, T& field, const Range& range = any_number) {
    const Json* value = find(key);
    if (value == nullptr) throw Error(ErrorCode::missing_option, path_of(key), text(range), "");
    read(key, *value, field, range);
  }
  /// An option whose value is read elsewhere (a nested description): declares the name, returns the value or null.
  const Json* raw(std::string_view key) { return find(key); }

  /// Throws UNKNOWN_OPTION for a name that no call above asked for.
  void finish() const;

  [[nodiscard]] std::string path_of(std::string_view key) const { return path_ + "." + std::string(key); }

 private:
  const Json* find(std::string_view key);
  void read(std::string_view key, const Json& value, bool& field, const Range& range) const;
  void read(std::string_view key, const Json& value, double& field, const Range& range) const;
  void read(std::string_view key, const Json& value, std::int64_t& field, const Range& range) const;
  void read(std::string_view key, const Json& value, std::string& field, const Range& range) const;
  void read(std::string_view key, const Json& value, Pair& field, const Range& range) const;
  void read(std::string_view key, const Json& value, Numbers2& field, const Range& range) const;
  void read(std::string_view key, const Json& value, std::vector<double>& field, const Range& range) const;
  void read(std::string_view key, const Json& value, std::vector<std::int64_t>& field, const Range& range) const;
  void read(std::string_view key, const Json& value, std::vector<std::string>& field, const Range& range) const;
  template <class T>
  void read(std::string_view key, const Json& value, std::optional<T>& field, const Range& range) const {
    if (value.is_null()) {
      field.reset();
    } else {
      T inner{};
      read(key, value, inner, range);
      field = std::move(inner);
    }
  }
  void read_choice(std::string_view key, const Json& value, std::string& field, const Choices& choices) const;
  void check(std::string_view key, double number, const Range& range) const;

  const Json& object_;
  std::string path_;
  std::vector<std::string_view> known_{"type", "name"};
};

/// Parses `object` into options of type O. Every object may carry "type" and "name", which their owners read.
template <class O>
[[nodiscard]] O parse_options(const Json& object, std::string path) {
  O options;
  OptionReader reader(object, std::move(path));
  options.visit(reader);
  reader.finish();
  return options;
}

/// Describes options: [{"name", "type", "required", "default", "range"}], for types, docs and forms.
class OptionDescriber {
 public:
  template <class T>
  void operator()(std::string_view key, T& field, const Range& range = any_number) {
    add(key, type_of(field), range);
    if constexpr (requires { Json(field); }) list_.back()["default"] = field;
  }
  void operator()(std::string_view key, std::string& field, const Choices& choices) {
    add(key, "choice", any_number);
    list_.back()["default"] = field;
    list_.back()["choices"] = choices;
  }
  template <class T>
  void required(std::string_view key, T& field, const Range& range = any_number) {
    add(key, type_of(field), range);
    list_.back()["required"] = true;
  }
  const Json* raw(std::string_view key) {
    add(key, "description", any_number);
    return nullptr;
  }
  [[nodiscard]] Json take() { return std::move(list_); }

 private:
  void add(std::string_view key, std::string_view type, const Range& range);
  static std::string_view type_of(const bool&) { return "boolean"; }
  static std::string_view type_of(const double&) { return "number"; }
  static std::string_view type_of(const std::int64_t&) { return "integer"; }
  static std::string_view type_of(const std::string&) { return "string"; }
  static std::string_view type_of(const Pair&) { return "pair"; }
  static std::string_view type_of(const Numbers2&) { return "numbers2"; }
  static std::string_view type_of(const std::vector<double>&) { return "numbers"; }
  static std::string_view type_of(const std::vector<std::int64_t>&) { return "integers"; }
  static std::string_view type_of(const std::vector<std::string>&) { return "strings"; }
  template <class T>
  static std::string_view type_of(const std::optional<T>& /*v*/) {
    return type_of(T{});
  }

  Json list_ = Json::array();
};

template <class O>
[[nodiscard]] Json describe_options() {
  O options;
  OptionDescriber describer;
  options.visit(describer);
  return describer.take();
}

/// Types and documents are written by the native program of bindings/describe: the modules of the package go without.
#ifdef __EMSCRIPTEN__
inline constexpr bool describes_options = false;
#else
inline constexpr bool describes_options = true;
#endif

/// describe_options<O>, or null.
template <class O>
[[nodiscard]] constexpr auto describer() -> Json (*)() {
  if constexpr (describes_options) {
    return &describe_options<O>;
  } else {
    return nullptr;
  }
}

}  // namespace trainyard
