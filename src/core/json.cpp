#include "core/json.hpp"

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace trainyard {
namespace {

constexpr std::size_t max_depth = 64;

/// Builds the value while refusing what nlohmann's own parser lets pass: a key twice, bottomless nesting.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(Json& root, std::string_view path) : root_(root), path_(path) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool v) override { return add(v); }
  bool number_integer(number_integer_t v) override { return add(v); }
  bool number_unsigned(number_unsigned_t v) override { return add(v); }
  bool number_float(number_float_t v, const string_t& /*text*/) override { return add(v); }
  bool string(string_t& v) override { return add(std::move(v)); }
  bool binary(binary_t& /*v*/) override { return false; }
  bool start_object(std::size_t /*size*/) override {
    open(Json::object());
    keys_.emplace_back();
    return true;
  }
  bool start_array(std::size_t /*size*/) override {
    open(Json::array());
    return true;
  }
  bool key(string_t& k) override {
    if (!keys_.back().insert(k).second) throw Error(ErrorCode::bad_file, path_, "", k, {"duplicate_key", k});
    key_ = std::move(k);
    return true;
  }
  bool end_object() override {
    keys_.pop_back();
    stack_.pop_back();
    return true;
  }
  bool end_array() override {
    stack_.pop_back();
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& /*e*/) override {
    throw Error(ErrorCode::bad_file, path_, "JSON", token.substr(0, 40), {"at_byte", std::to_string(position)});
  }

 private:
  void open(Json value) {
    if (stack_.size() >= max_depth) throw Error(ErrorCode::bad_file, path_, "<= 64 levels", "> 64 levels");
    add(std::move(value));
    stack_.push_back(last_);
  }
  template <class V>
  bool add(V&& value) {
    if (stack_.empty()) {
      root_ = std::forward<V>(value);
      last_ = &root_;
    } else if (stack_.back()->is_array()) {
      stack_.back()->push_back(std::forward<V>(value));
      last_ = &stack_.back()->back();
    } else {
      // Keys are known to differ, so append: the map's own look-up is linear.
      auto& object = stack_.back()->get_ref<Json::object_t&>();
      object.Json::object_t::Container::emplace_back(key_, std::forward<V>(value));
      last_ = &object.back().second;
    }
    return true;
  }

  Json& root_;
  std::string path_;
  std::vector<Json*> stack_;
  std::vector<std::set<std::string>> keys_;
  std::string key_;
  Json* last_ = nullptr;
};

}  // namespace

Json parse_json(std::string_view text, std::string_view path) {
  // The parser takes a zero byte for the end, and would let pass whatever follows it.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    throw Error(ErrorCode::bad_file, std::string(path), "JSON", "\\0", {"at_byte", std::to_string(zero)});
  }
  Json root;
  Builder builder(root, path);
  Json::sax_parse(text, &builder);
  return root;
}

void put_value(Json& object, std::string_view key, Json&& value) {
  auto& members = object.get_ref<Json::object_t&>();
  members.Json::object_t::Container::emplace_back(std::string(key), std::move(value));
}
void put_value(Json& object, std::string_view key, std::int64_t value) { put_value(object, key, Json(value)); }
void put_value(Json& object, std::string_view key, double value) { put_value(object, key, Json(value)); }
void put_value(Json& object, std::string_view key, std::string_view value) { put_value(object, key, Json(value)); }
void put_value(Json& object, std::string_view key, bool value) { put_value(object, key, Json(value)); }
void put_value(Json& object, std::string_view key, std::span<const std::int64_t> sizes) {
  put_value(object, key, Json(sizes));
}

std::string short_text(const Json& value) {
  std::string s =
      value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (s.size() > 60) s = s.substr(0, 57) + "...";
  return s;
}

}  // namespace trainyard
