// What the tests of texts share.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/encoder.hpp"
#include "text/trainer.hpp"

namespace trainyard {

using Ids = std::vector<std::int32_t>;
using SharedTokenizer = std::shared_ptr<const Tokenizer>;

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline SharedTokenizer char_tokenizer(std::string_view text, const std::string& unknown = "") {
  Json options = Json::object();
  options["type"] = "char";
  if (!unknown.empty()) options["unknown"] = unknown;
  return train_tokenizer(options, text);
}

inline SharedTokenizer byte_pairs(std::string_view text, std::int64_t vocab) {
  Json options = Json::object();
  options["type"] = "bpe";
  options["vocab"] = vocab;
  return train_tokenizer(options, text);
}

/// The ids when the text comes in chunks of so many bytes.
inline Ids in_chunks(const SharedTokenizer& tokenizer, std::string_view text, std::size_t size) {
  Tape tape(tokenizer->size());
  Encoder encoder(tokenizer);
  for (std::size_t i = 0; i < text.size(); i += size) encoder.feed(bytes_of(text.substr(i, size)), tape);
  encoder.finish(tape);
  Ids ids;
  for (std::int64_t i = 0; i < tape.size(); ++i) ids.push_back(tape[i]);
  return ids;
}

}  // namespace trainyard
