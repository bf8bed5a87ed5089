#include <utility>

#include "core/json.hpp"
#include "text/byte_alphabet.hpp"
#include "text/tokenizer_json.hpp"

namespace trainyard {
namespace {

/// Appends without looking for the key, which takes linear time.
void append(Json& object, std::string key, Json value) {
  object.get_ref<Json::object_t&>().Json::object_t::Container::emplace_back(std::move(key), std::move(value));
}

/// WordLevel must name an unknown token, be it in the vocabulary or not.
constexpr const char* no_token = "<unk>";

Json kind(const char* type) {
  Json object = Json::object();
  append(object, "type", type);
  return object;
}

Json byte_level(bool prefix_space) {
  Json o = kind("ByteLevel");
  append(o, "add_prefix_space", prefix_space);
  append(o, "trim_offsets", true);
  append(o, "use_regex", true);
  return o;
}

/// Cuts between any two characters.
Json characters() {
  Json o = kind("Split");
  Json pattern = Json::object();
  append(pattern, "Regex", "[\\s\\S]");
  append(o, "pattern", std::move(pattern));
  append(o, "behavior", "Isolated");
  append(o, "invert", false);
  return o;
}

Json added_tokens(const Tokenizer& tokenizer) {
  Json list = Json::array();
  for (const AddedToken& token : tokenizer.added()) {
    Json o = Json::object();
    append(o, "id", token.id);
    append(o, "content", token.text);
    for (const char* key : {"single_word", "lstrip", "rstrip", "normalized"}) append(o, key, false);
    append(o, "special", token.special);
    list.push_back(std::move(o));
  }
  return list;
}

Json model(const Tokenizer& tokenizer) {
  const bool pairs = tokenizer.kind() == Tokenizer::Kind::byte_pairs;
  std::vector<std::string> names;
  for (std::int32_t id = 0; id < tokenizer.size(); ++id) {
    names.push_back(pairs ? visible(tokenizer.token(id)) : std::string(tokenizer.token(id)));
  }
  for (const AddedToken& token : tokenizer.added()) names[static_cast<std::size_t>(token.id)] = token.text;
  Json o = kind(pairs ? "BPE" : "WordLevel");
  Json merges = Json::array();
  if (pairs) {
    for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) append(o, key, nullptr);
    for (const char* key : {"fuse_unk", "byte_fallback"}) append(o, key, false);
    append(o, "ignore_merges", tokenizer.whole_words());
    for (const Merge& m : tokenizer.merges()) {
      merges.push_back(names[static_cast<std::size_t>(m.left)] + " " + names[static_cast<std::size_t>(m.right)]);
    }
  }
  Json vocab = Json::object();
  for (std::int32_t id = 0; id < tokenizer.size(); ++id) append(vocab, names[static_cast<std::size_t>(id)], id);
  const std::int32_t unknown = tokenizer.unknown();
  append(o, "unk_token",
         unknown >= 0 ? Json(names[static_cast<std::size_t>(unknown)])
         : pairs      ? Json()
                      : Json(no_token));
  append(o, "vocab", std::move(vocab));
  if (pairs) append(o, "merges", std::move(merges));
  return o;
}

}  // namespace

std::string write_tokenizer(const Tokenizer& tokenizer) {
  const bool pairs = tokenizer.kind() == Tokenizer::Kind::byte_pairs;
  Json o = Json::object();
  append(o, "version", "1.0");
  append(o, "truncation", nullptr);
  append(o, "padding", nullptr);
  append(o, "added_tokens", added_tokens(tokenizer));
  append(o, "normalizer", nullptr);
  append(o, "pre_tokenizer", pairs ? byte_level(tokenizer.prefix_space()) : characters());
  append(o, "post_processor", nullptr);
  append(o, "decoder", pairs ? byte_level(tokenizer.prefix_space()) : kind("Fuse"));
  append(o, "model", model(tokenizer));
  return o.dump();
}

}  // namespace trainyard
