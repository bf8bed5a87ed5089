// The JSON of Hugging Face's `tokenizers` (tokenizer.json): byte-level BPE as GPT-2's, and vocabularies of characters
// (WordLevel, or BPE without merges).
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "text/tokenizer.hpp"

namespace trainyard {

/// What is written is read again as the same tokenizer, here and by `tokenizers`.
[[nodiscard]] std::string write_tokenizer(const Tokenizer& tokenizer);

/// Throws BAD_FILE, with the place in the file as path, for a file that is cut or contradicts itself: an id twice or of
/// no token, a merge of tokens that there are not, another type than belongs there. NOT_SUPPORTED for what would make
/// other ids than the file means: another model, normalisation, other rules for words.
[[nodiscard]] std::shared_ptr<const Tokenizer> read_tokenizer(std::string_view json);

}  // namespace trainyard
