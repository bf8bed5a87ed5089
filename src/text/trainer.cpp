#include "text/trainer.hpp"

#include <array>

#include "core/error.hpp"
#include "core/kinds.hpp"
#include "text/byte_alphabet.hpp"

namespace trainyard {
namespace {

/// Distinct words beyond this many bytes are not learnt from: memory is a small multiple of it.
constexpr std::size_t most_word_bytes = std::size_t{1} << 24;

[[noreturn]] void refuse_empty() { throw Error(ErrorCode::empty_data, "text", "> 0 B", "0 B"); }

class CharacterTrainer final : public TokenizerTrainer {
 public:
  explicit CharacterTrainer(CharOptions options) : options_(std::move(options)), pieces_(false, {}) {}

  void feed(std::span<const std::byte> chunk) override {
    pieces_.feed(chunk);
    drain();
  }
  std::shared_ptr<const Tokenizer> finish() override {
    pieces_.end();
    drain();
    Tokenizer::Parts parts;
    for (char32_t code = 0; code < seen_.size(); ++code) {
      if (!seen_[code]) continue;
      std::string character;
      append_utf8(character, code);
      if (character == options_.unknown) parts.unknown = static_cast<std::int32_t>(parts.tokens.size());
      parts.tokens.push_back(std::move(character));
    }
    if (parts.tokens.empty()) refuse_empty();
    if (!options_.unknown.empty() && parts.unknown < 0) {
      parts.unknown = static_cast<std::int32_t>(parts.tokens.size());
      parts.tokens.push_back(options_.unknown);
    }
    return std::make_shared<Tokenizer>(parts);
  }

 private:
  void drain() {
    for (Piece piece; pieces_.next(piece);) {
      const char* p = piece.text.data();
      seen_[decode_utf8(p, p + piece.text.size()).code] = true;
    }
  }

  CharOptions options_;
  Pieces pieces_;
  std::vector<bool> seen_ = std::vector<bool>(0x110000);
};

class BytePairTrainer final : public TokenizerTrainer {
 public:
  explicit BytePairTrainer(BpeOptions options) : options_(options), pieces_(true, {}) {}

  void feed(std::span<const std::byte> chunk) override {
    pieces_.feed(chunk);
    drain();
  }
  std::shared_ptr<const Tokenizer> finish() override {
    pieces_.end();
    drain();
    if (words_.size() == 0) refuse_empty();
    Tokenizer::Parts parts;
    parts.kind = Tokenizer::Kind::byte_pairs;
    parts.tokens = byte_tokens();
    learn_merges(words_, counts_, static_cast<std::size_t>(options_.vocab), parts.tokens, parts.merges);
    words_.clear();
    return std::make_shared<Tokenizer>(parts);
  }

 private:
  void drain() {
    for (Piece piece; pieces_.next(piece);) {
      const bool full = words_.bytes() > most_word_bytes;
      const std::int32_t word = full ? words_.find(piece.text) : words_.add(piece.text);
      if (word < 0) continue;
      if (word == std::ssize(counts_)) counts_.push_back(0);
      ++counts_[static_cast<std::size_t>(word)];
    }
  }

  BpeOptions options_;
  Pieces pieces_;
  WordTable words_;
  std::vector<std::int64_t> counts_;
};

constexpr std::array<std::string_view, 2> types{"char", "bpe"};

}  // namespace

std::unique_ptr<TokenizerTrainer> make_trainer(const Json& options, const std::string& path) {
  if (!options.is_object()) throw Error(ErrorCode::type_mismatch, path, "{ type, … }", short_text(options));
  const auto type = options.find("type");
  if (type == options.end()) throw Error(ErrorCode::missing_option, path + ".type", list_text(types), "");
  if (!type->is_string()) throw Error(ErrorCode::type_mismatch, path + ".type", "string", short_text(*type));
  if (find_kind(type->get_ref<const std::string&>(), types, path + ".type") == 0) {
    auto parsed = parse_options<CharOptions>(options, path);
    check_utf8(parsed.unknown, path + ".unknown");
    return std::make_unique<CharacterTrainer>(std::move(parsed));
  }
  return std::make_unique<BytePairTrainer>(parse_options<BpeOptions>(options, path));
}

std::shared_ptr<const Tokenizer> train_tokenizer(const Json& options, std::string_view text) {
  const auto trainer = make_trainer(options, "tokenizer");
  trainer->feed(std::as_bytes(std::span(text)));
  return trainer->finish();
}

}  // namespace trainyard
