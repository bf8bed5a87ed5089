// Makes a tokenizer from a text that comes in chunks and is not kept: of characters, the set of those seen; of byte
// pairs, how often each word came.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "text/tokenizer.hpp"

namespace trainyard {

struct CharOptions {
  std::string unknown;  ///< a token more, for characters that the text does not have

  template <class V>
  void visit(V& v) {
    v("unknown", unknown);
  }
};

struct BpeOptions {
  std::int64_t vocab =
      1000;  ///< tokens, the 256 bytes included; fewer where the text has no more pairs that come twice

  template <class V>
  void visit(V& v) {
    v("vocab", vocab, Range{.min = 256, .max = 1 << 20});
  }
};

class TokenizerTrainer {
 public:
  virtual ~TokenizerTrainer() = default;
  /// Throws INVALID_VALUE ("text[17]") for what is no UTF-8.
  virtual void feed(std::span<const std::byte> chunk) = 0;
  /// Throws EMPTY_DATA (path "text") if nothing was fed.
  [[nodiscard]] virtual std::shared_ptr<const Tokenizer> finish() = 0;

 protected:
  TokenizerTrainer() = default;
  TokenizerTrainer(const TokenizerTrainer&) = default;
  TokenizerTrainer& operator=(const TokenizerTrainer&) = default;
};

/// { type: 'char', unknown? } or { type: 'bpe', vocab? }. Throws as the parsing of options does.
[[nodiscard]] std::unique_ptr<TokenizerTrainer> make_trainer(const Json& options, const std::string& path);

/// A tokenizer from one whole text.
[[nodiscard]] std::shared_ptr<const Tokenizer> train_tokenizer(const Json& options, std::string_view text);

/// Where a merge comes from: `merges` are learnt until there are `size` tokens. `tokens` begins with the 256 bytes and
/// gets one more for each merge. Method: Sennrich, Haddow & Birch 2016; of pairs that are equally frequent, the one of
/// the smallest ids, as Hugging Face's trainer has it.
void learn_merges(const WordTable& words, const std::vector<std::int64_t>& counts, std::size_t size,
                  std::vector<std::string>& tokens, std::vector<Merge>& merges);

}  // namespace trainyard
