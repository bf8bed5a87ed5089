// A tokenizer: what each token id stands for, and the rules by which text becomes ids. Characters, or byte pairs.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/pair_table.hpp"
#include "text/pieces.hpp"
#include "text/word_table.hpp"

namespace trainyard {

/// Two neighbours that become one token; a merge's place in the list is its rank.
struct Merge {
  std::int32_t left = 0;
  std::int32_t right = 0;
  std::int32_t result = 0;
};

class Tokenizer {
 public:
  enum class Kind : std::uint8_t { characters, byte_pairs };

  /// What a tokenizer consists of. `tokens` are bytes: one character each, or what byte pairs stand for.
  struct Parts {
    Kind kind = Kind::characters;
    std::vector<std::string> tokens;
    std::vector<Merge> merges;
    std::vector<AddedToken> added;
    std::int32_t unknown = -1;  ///< the token of a character that has none, or -1: it is refused
    bool prefix_space = false;  ///< text begins with a space, as GPT-2's tokenizers can be told to
    bool whole_words = false;   ///< a word that is a token is not merged: "ignore_merges"
  };

  /// Throws BAD_FILE (hint: duplicate_token) where two tokens are the same bytes.
  explicit Tokenizer(const Parts& parts);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::int32_t size() const { return tokens_.size(); }
  [[nodiscard]] std::string_view token(std::int32_t id) const { return tokens_[id]; }
  [[nodiscard]] std::int32_t find(std::string_view token) const { return tokens_.find(token); }
  [[nodiscard]] std::span<const AddedToken> added() const { return added_; }
  [[nodiscard]] std::span<const Merge> merges() const { return merges_; }
  [[nodiscard]] std::int32_t unknown() const { return unknown_; }
  [[nodiscard]] bool prefix_space() const { return prefix_space_; }
  [[nodiscard]] bool whole_words() const { return whole_words_; }

  /// The token of one byte, or -1.
  [[nodiscard]] std::int32_t byte_token(unsigned char byte) const { return bytes_[byte]; }
  /// The rank of the merge of two tokens, or PairTable::none.
  [[nodiscard]] std::uint32_t rank(std::int32_t left, std::int32_t right) const {
    return ranks_.find(pair_key(left, right));
  }

  /// The text of ids. Byte pairs can cut a character: bytes that are no UTF-8 stay as they are. Throws INVALID_VALUE
  /// ("ids[3]") for an id that is no token.
  [[nodiscard]] std::string decode(std::span<const std::int32_t> ids) const;

 private:
  Kind kind_;
  WordTable tokens_;
  std::vector<Merge> merges_;
  std::vector<AddedToken> added_;
  std::int32_t unknown_;
  bool prefix_space_;
  bool whole_words_;
  std::array<std::int32_t, 256> bytes_{};
  PairTable ranks_;
};

}  // namespace trainyard
