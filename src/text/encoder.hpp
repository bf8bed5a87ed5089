// Text into ids, chunk by chunk: a character or a word that a chunk cuts waits for the next one.
#pragma once
#include <memory>
#include <vector>

#include "text/tape.hpp"
#include "text/tokenizer.hpp"

namespace trainyard {

class Encoder {
 public:
  explicit Encoder(std::shared_ptr<const Tokenizer> tokenizer);

  /// Appends to `to` what is certain. Throws INVALID_VALUE ("text[17]", a place in bytes) for what is no UTF-8 and for
  /// a character that the tokenizer does not know.
  void feed(std::span<const std::byte> chunk, Tape& to);
  /// After the last chunk.
  void finish(Tape& to);

 private:
  void drain(Tape& to);
  void encode_character(const Piece& piece, Tape& to) const;
  void encode_word(const Piece& piece, Tape& to);
  void merge_word(const Piece& piece);
  [[noreturn]] static void refuse(std::string_view character, std::uint64_t place);

  /// A word whose ids are known: words come again and again.
  struct Known {
    std::uint32_t start;
    std::uint32_t count;
  };
  struct Symbol {
    std::int32_t id;
    std::int32_t previous;
    std::int32_t next;
  };

  std::shared_ptr<const Tokenizer> tokenizer_;
  Pieces pieces_;
  bool begun_ = false;
  WordTable words_;
  std::vector<Known> known_;
  std::vector<std::int32_t> ids_;     ///< of the known words
  std::vector<Symbol> symbols_;       ///< of the word being merged
  std::vector<std::uint64_t> heap_;   ///< its merges: rank << 32 | place
  std::vector<std::int32_t> merged_;  ///< the ids that it became
};

/// The ids of a whole text.
[[nodiscard]] std::vector<std::int32_t> encode(std::shared_ptr<const Tokenizer> tokenizer, std::string_view text);

}  // namespace trainyard
