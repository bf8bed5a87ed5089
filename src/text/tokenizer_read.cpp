#include <algorithm>
#include <optional>
#include <utility>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/suggest.hpp"
#include "text/byte_alphabet.hpp"
#include "text/tokenizer_json.hpp"

namespace trainyard {
namespace {

constexpr std::string_view root_path = "tokenizer";

[[noreturn]] void refuse(const std::string& path, std::string expected, const Json& got, Hint hint = {}) {
  throw Error(ErrorCode::bad_file, path, std::move(expected), short_text(got), std::move(hint));
}
[[noreturn]] void not_supported(const std::string& path, std::string expected, const Json& got) {
  throw Error(ErrorCode::not_supported, path, std::move(expected), short_text(got), {"tokenizer_kind", ""});
}

/// A member, or null where it is missing or null.
const Json* member(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it == object.end() || it->is_null() ? nullptr : &*it;
}

const Json& object_at(const Json& object, const char* key, const std::string& path) {
  const Json* value = member(object, key);
  if (value == nullptr) refuse(path + "." + key, "{ … }", Json());
  if (!value->is_object()) refuse(path + "." + key, "{ … }", *value);
  return *value;
}

std::string string_at(const Json& object, const char* key, const std::string& path) {
  const Json* value = member(object, key);
  if (value == nullptr) return "";
  if (!value->is_string()) refuse(path + "." + key, "string", *value);
  return value->get<std::string>();
}

bool flag_at(const Json& object, const char* key, const std::string& path, bool otherwise) {
  const Json* value = member(object, key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) refuse(path + "." + key, "boolean", *value);
  return value->get<bool>();
}

/// Reads a whole file into parts.
class Reader {
 public:
  explicit Reader(const Json& root) : root_(root), path_(root_path) {
    if (!root.is_object()) refuse(path_, "{ model, … }", root);
    const Json& model = object_at(root, "model", path_);
    const Json* merges = member(model, "merges");
    std::string type = string_at(model, "type", path_ + ".model");
    if (type.empty()) type = merges != nullptr ? "BPE" : "WordLevel";  // files before 2020 have none
    if (type != "BPE" && type != "WordLevel") not_supported(path_ + ".model.type", "BPE, WordLevel", type);
    if (const Json* normalizer = member(root, "normalizer")) not_supported(path_ + ".normalizer", "null", *normalizer);
    read_options(model);
    read_pre_tokenizer(type == "BPE", merges != nullptr && !merges->empty());
    read_added();
    read_vocabulary(object_at(model, "vocab", path_ + ".model"));
    const std::string unknown = string_at(model, "unk_token", path_ + ".model");
    if (!unknown.empty()) parts_.unknown = table_.find(unknown);
    if (parts_.kind == Tokenizer::Kind::characters) {
      check_characters();
    } else if (merges != nullptr) {
      read_merges(*merges);
    }
  }
  [[nodiscard]] const Tokenizer::Parts& parts() const { return parts_; }

 private:
  /// What would give other ids than our own rules.
  void read_options(const Json& model) {
    const std::string path = path_ + ".model";
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
      if (const std::string text = string_at(model, key, path); !text.empty())
        not_supported(path + "." + key, "", text);
    }
    if (flag_at(model, "byte_fallback", path, false)) not_supported(path + ".byte_fallback", "false", true);
    if (const Json* dropout = member(model, "dropout"); dropout != nullptr && *dropout != 0) {
      not_supported(path + ".dropout", "null", *dropout);
    }
    parts_.whole_words = flag_at(model, "ignore_merges", path, false);
  }

  void read_pre_tokenizer(bool pairs, bool merges) {
    const std::string path = path_ + ".pre_tokenizer";
    const Json* given = member(root_, "pre_tokenizer");
    if (given != nullptr && !given->is_object()) refuse(path, "{ type }", *given);
    const std::string type = given == nullptr ? "" : string_at(*given, "type", path);
    if (pairs && type == "ByteLevel") {
      parts_.kind = Tokenizer::Kind::byte_pairs;
      parts_.prefix_space = flag_at(*given, "add_prefix_space", path, true);
      if (!flag_at(*given, "use_regex", path, true)) not_supported(path + ".use_regex", "true", false);
    } else if (merges || (type != "Split" && !(pairs && type.empty()))) {
      not_supported(path, merges ? "ByteLevel" : "ByteLevel, Split", given == nullptr ? Json() : *given);
    }
  }

  void read_added() {
    const Json* list = member(root_, "added_tokens");
    if (list == nullptr) return;
    if (!list->is_array()) refuse(path_ + ".added_tokens", "[…]", *list);
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string path = path_ + ".added_tokens[" + std::to_string(i) + "]";
      const Json& entry = (*list)[i];
      if (!entry.is_object()) refuse(path, "{ id, content }", entry);
      AddedToken token{.id = id_of(member(entry, "id"), path + ".id"), .text = string_at(entry, "content", path)};
      if (token.text.empty()) refuse(path + ".content", "string", entry);
      for (const char* key : {"single_word", "lstrip", "rstrip"}) {
        if (flag_at(entry, key, path, false)) not_supported(path + "." + key, "false", true);
      }
      token.special = flag_at(entry, "special", path, false);
      parts_.added.push_back(std::move(token));
    }
  }

  static std::int32_t id_of(const Json* value, const std::string& path) {
    if (value == nullptr || !value->is_number_unsigned() || value->get<std::uint64_t>() >= std::uint64_t{1} << 31) {
      refuse(path, "integer >= 0", value == nullptr ? Json() : *value);
    }
    return value->get<std::int32_t>();
  }

  /// Ids count from 0 without a gap, the added tokens' among them.
  void read_vocabulary(const Json& vocab) {
    const std::string path = path_ + ".model.vocab";
    std::vector<const std::string*> names(vocab.size() + parts_.added.size(), nullptr);
    std::size_t count = 0;
    const auto place = [&](std::int32_t id, const std::string& name, const std::string& at) {
      const auto i = static_cast<std::size_t>(id);
      if (i >= names.size()) {
        ++count;  // and somewhere below is a gap
        return;
      }
      if (names[i] != nullptr && *names[i] != name) refuse(at, *names[i], name, {"duplicate_id", std::to_string(id)});
      if (names[i] == nullptr) ++count;
      names[i] = &name;
    };
    for (auto it = vocab.begin(); it != vocab.end(); ++it) {
      place(id_of(&*it, path + "." + it.key()), it.key(), path + "." + it.key());
    }
    for (const AddedToken& token : parts_.added) place(token.id, token.text, path_ + ".added_tokens");
    if (count == 0) refuse(path, "{ token: id }", vocab);
    for (std::size_t i = 0; i < count; ++i) {
      if (names[i] == nullptr) refuse(path, "[0, " + std::to_string(count) + ")", i, {"token_gap", std::to_string(i)});
      const std::string& name = *names[i];
      const bool raw = parts_.kind == Tokenizer::Kind::characters || is_added(static_cast<std::int32_t>(i));
      std::string bytes = raw ? name : from_visible(name).value_or(name);
      if (bytes.empty()) refuse(path, "string", name);
      if (table_.add(bytes) != static_cast<std::int32_t>(i)) refuse(path, "", name, {"duplicate_token", name});
      parts_.tokens.push_back(std::move(bytes));
    }
  }
  [[nodiscard]] bool is_added(std::int32_t id) const {
    return std::ranges::any_of(parts_.added, [&](const AddedToken& t) { return t.id == id; });
  }

  void check_characters() const {
    for (std::size_t i = 0; i < parts_.tokens.size(); ++i) {
      const std::string& token = parts_.tokens[i];
      const auto id = static_cast<std::int32_t>(i);
      if (id == parts_.unknown || is_added(id) || check_utf8(token, path_) == 1) continue;
      not_supported(path_ + ".model.vocab", "", token);
    }
  }

  void read_merges(const Json& merges) {
    const std::string path = path_ + ".model.merges";
    if (!merges.is_array()) refuse(path, "[…]", merges);
    PairTable seen;
    for (std::size_t i = 0; i < merges.size(); ++i) {
      const std::string at = path + "[" + std::to_string(i) + "]";
      const auto [left, right] = halves(merges[i], at);
      const Merge merge{token_of(left, at), token_of(right, at), token_of(left + right, at)};
      const auto rank = static_cast<std::uint32_t>(i);
      if (seen.add(pair_key(merge.left, merge.right), rank) != rank) {
        refuse(at, "", merges[i], {"duplicate_key", left + " " + right});
      }
      parts_.merges.push_back(merge);
    }
  }

  /// "a b" or ["a", "b"].
  static std::pair<std::string, std::string> halves(const Json& merge, const std::string& path) {
    if (merge.is_string()) {
      const auto& text = merge.get_ref<const std::string&>();
      const std::size_t space = text.find(' ');
      if (space != std::string::npos && space == text.rfind(' ')) {
        return {text.substr(0, space), text.substr(space + 1)};
      }
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      return {merge[0].get<std::string>(), merge[1].get<std::string>()};
    }
    refuse(path, "\"a b\", [a, b]", merge);
  }

  [[nodiscard]] std::int32_t token_of(const std::string& name, const std::string& path) const {
    const std::int32_t id = table_.find(from_visible(name).value_or(name));
    if (id < 0) refuse(path, "", name, {"merge_unknown", name});
    return id;
  }

  const Json& root_;
  std::string path_;
  Tokenizer::Parts parts_;
  WordTable table_;
};

}  // namespace

std::shared_ptr<const Tokenizer> read_tokenizer(std::string_view json) {
  const Json root = parse_json(json, root_path);
  return std::make_shared<Tokenizer>(Reader(root).parts());
}

}  // namespace trainyard
