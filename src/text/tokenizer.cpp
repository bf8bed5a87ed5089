#include "text/tokenizer.hpp"

#include "core/error.hpp"

namespace trainyard {

Tokenizer::Tokenizer(const Parts& parts)
    : kind_(parts.kind),
      merges_(parts.merges),
      added_(parts.added),
      unknown_(parts.unknown),
      prefix_space_(parts.prefix_space),
      whole_words_(parts.whole_words) {
  for (const std::string& token : parts.tokens) {
    if (const std::int32_t id = tokens_.size(); tokens_.add(token) != id) {
      throw Error(ErrorCode::bad_file, "vocab", "", token, {"duplicate_token", token});
    }
  }
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    bytes_[static_cast<std::size_t>(byte)] = tokens_.find({&c, 1});
  }
  for (std::size_t rank = 0; rank < merges_.size(); ++rank) {
    ranks_.add(pair_key(merges_[rank].left, merges_[rank].right), static_cast<std::uint32_t>(rank));
  }
}

std::string Tokenizer::decode(std::span<const std::int32_t> ids) const {
  std::string text;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= size()) {
      throw Error(ErrorCode::invalid_value, "ids[" + std::to_string(i) + "]", "[0, " + std::to_string(size()) + ")",
                  std::to_string(ids[i]));
    }
    text += token(ids[i]);
  }
  return text;
}

}  // namespace trainyard
