// Cuts a text that comes in chunks into the pieces that tokenizers look at: characters, or words.
//
// Words are those of GPT-2 (Radford et al. 2019, encoder.py), on Unicode's letters and numbers:
//
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// A word of more than 64 KiB is cut there, so that a text without a space needs no memory of its size.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "text/characters.hpp"
#include "text/utf8.hpp"

namespace trainyard {

/// A token that is found in the text before anything else: <|endoftext|>.
struct AddedToken {
  std::int32_t id = 0;
  std::string text;
  bool special = true;
};

struct Piece {
  std::string_view text;
  std::uint64_t place = 0;  ///< of its first byte in the whole text
  std::int32_t added = -1;  ///< its id, if it is an added token
};

class Pieces {
 public:
  /// `added` must outlive it.
  Pieces(bool words, std::span<const AddedToken> added);

  /// Before anything is fed: a space that is in no place of the text.
  void prefix_space() {
    pending_ = " ";
    --base_;
  }
  void feed(std::span<const std::byte> chunk);
  /// What follows is the end: a piece that might have gone on is one now.
  void end() {
    ended_ = true;
    known_ = false;
  }
  /// The next piece, valid until the next feed; false: feed more. Throws INVALID_VALUE ("text[17]") for what is no
  /// UTF-8.
  [[nodiscard]] bool next(Piece& piece);

 private:
  void find_stretch();
  [[nodiscard]] const AddedToken* added_at(std::size_t at, bool& cut) const;
  /// Bytes of the piece at at_, or 0 if it may go on behind the stretch.
  [[nodiscard]] std::size_t measure() const;
  [[nodiscard]] std::size_t measure_word(const char* begin, const char* end) const;
  /// Past the characters of a class from p on; null if they may go on behind the stretch. `last`: the last of them.
  [[nodiscard]] const char* run(const char* p, const char* end, CharClass kind, const char** last) const;
  [[nodiscard]] Decoded decode(const char* p, const char* end) const;

  bool words_;
  std::span<const AddedToken> added_;
  std::array<bool, 256> starts_{};  ///< bytes with which an added token begins
  std::string pending_;
  std::size_t at_ = 0;
  std::uint64_t base_ = 0;  ///< place of pending_[0]
  bool ended_ = false;
  // What lies between at_ and the next added token, or as much of it as is known.
  bool known_ = false;
  std::size_t stretch_ = 0;           ///< where it ends
  bool closed_ = false;               ///< nothing can be added to it
  const AddedToken* stop_ = nullptr;  ///< the added token behind it
};

}  // namespace trainyard
