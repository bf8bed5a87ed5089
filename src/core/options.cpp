#include "core/options.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace trainyard {
std::string number_text(double x) {
  if (std::isnan(x)) return "NaN";
  if (std::isinf(x)) return x > 0 ? "Infinity" : "-Infinity";
  std::array<char, 32> buffer{};
  // Whole numbers to the last digit: a range's end or an id is not 2.14748365e+09.
  const bool whole = std::floor(x) == x && std::abs(x) <= 0x1p53;
  std::snprintf(buffer.data(), buffer.size(), "%.*g", whole ? 17 : 9, x);
  return buffer.data();
}

namespace {

/// Beyond 2^53 neighbours of JavaScript's numbers are no longer one apart.
bool is_integer(const Json& v) {
  if (v.is_number_integer()) return std::abs(v.get<double>()) <= 0x1p53;
  return v.is_number_float() && std::abs(v.get<double>()) < 0x1p53 && std::floor(v.get<double>()) == v.get<double>();
}

}  // namespace

std::string text(const Range& r) {
  const bool low = std::isfinite(r.min);
  const bool high = std::isfinite(r.max);
  if (low && high) {
    return (r.open_min ? "(" : "[") + number_text(r.min) + ", " + number_text(r.max) + (r.open_max ? ")" : "]");
  }
  if (low) return (r.open_min ? "> " : ">= ") + number_text(r.min);
  if (high) return (r.open_max ? "< " : "<= ") + number_text(r.max);
  return "";
}

OptionReader::OptionReader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {
  if (!object.is_object()) throw Error(ErrorCode::type_mismatch, path_, "object", short_text(object));
}

const Json* OptionReader::find(std::string_view key) {
  known_.push_back(key);
  const auto it = object_.find(key);
  return it == object_.end() ? nullptr : &*it;
}

void OptionReader::finish() const {
  for (const auto& [key, value] : object_.items()) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    throw unknown_name(ErrorCode::unknown_option, path_of(key.substr(0, 60)), key, std::span(known_).subspan(2));
  }
}

void OptionReader::check(std::string_view key, double number, const Range& range) const {
  if (!std::isfinite(number) || !range.contains(number)) {
    throw Error(ErrorCode::invalid_value, path_of(key), text(range), number_text(number));
  }
}

void OptionReader::read(std::string_view key, const Json& value, bool& field, const Range& /*range*/) const {
  if (!value.is_boolean()) throw Error(ErrorCode::type_mismatch, path_of(key), "boolean", short_text(value));
  field = value.get<bool>();
}

void OptionReader::read(std::string_view key, const Json& value, double& field, const Range& range) const {
  if (!value.is_number()) throw Error(ErrorCode::type_mismatch, path_of(key), "number", short_text(value));
  check(key, value.get<double>(), range);
  field = value.get<double>();
}

void OptionReader::read(std::string_view key, const Json& value, std::int64_t& field, const Range& range) const {
  if (!is_integer(value)) throw Error(ErrorCode::type_mismatch, path_of(key), "integer", short_text(value));
  check(key, value.get<double>(), range);
  field = value.get<std::int64_t>();
}

void OptionReader::read(std::string_view key, const Json& value, std::string& field, const Range& /*range*/) const {
  if (!value.is_string()) throw Error(ErrorCode::type_mismatch, path_of(key), "string", short_text(value));
  field = value.get<std::string>();
}

void OptionReader::read(std::string_view key, const Json& value, Pair& field, const Range& range) const {
  if (is_integer(value)) {
    read(key, value, field[0], range);
    field[1] = field[0];
    return;
  }
  if (!value.is_array() || value.size() != 2) {
    throw Error(ErrorCode::type_mismatch, path_of(key), "n | [n, n]", short_text(value));
  }
  read(key, value[0], field[0], range);
  read(key, value[1], field[1], range);
}

void OptionReader::read(std::string_view key, const Json& value, Numbers2& field, const Range& range) const {
  if (!value.is_array() || value.size() != 2) {
    throw Error(ErrorCode::type_mismatch, path_of(key), "[x, x]", short_text(value));
  }
  read(key, value[0], field[0], range);
  read(key, value[1], field[1], range);
}

namespace {
template <class T, class Read>
void read_list(const Json& value, std::string path, std::string_view of, std::vector<T>& field, Read read_one) {
  if (!value.is_array()) throw Error(ErrorCode::type_mismatch, std::move(path), std::string(of), short_text(value));
  field.clear();
  for (const Json& v : value) read_one(v, field.emplace_back());
}
}  // namespace

void OptionReader::read(std::string_view key, const Json& value, std::vector<double>& field, const Range& range) const {
  read_list(value, path_of(key), "numbers", field, [&](const Json& v, double& x) { read(key, v, x, range); });
}

void OptionReader::read(std::string_view key, const Json& value, std::vector<std::int64_t>& field,
                        const Range& range) const {
  read_list(value, path_of(key), "integers", field, [&](const Json& v, std::int64_t& x) { read(key, v, x, range); });
}

void OptionReader::read(std::string_view key, const Json& value, std::vector<std::string>& field,
                        const Range& range) const {
  read_list(value, path_of(key), "strings", field, [&](const Json& v, std::string& x) { read(key, v, x, range); });
}

void OptionReader::read_choice(std::string_view key, const Json& value, std::string& field,
                               const Choices& choices) const {
  if (!value.is_string()) throw Error(ErrorCode::type_mismatch, path_of(key), list_text(choices), short_text(value));
  const auto name = value.get<std::string>();
  if (std::ranges::find(choices, name) == choices.end()) {
    throw unknown_name(ErrorCode::invalid_value, path_of(key), name, choices);
  }
  field = name;
}

void OptionDescriber::add(std::string_view key, std::string_view type, const Range& range) {
  Json entry = json_object("name", key, "type", type);
  if (const std::string r = text(range); !r.empty()) entry["range"] = r;
  list_.push_back(std::move(entry));
}

}  // namespace trainyard
