// Tokenizers, and texts on their way in: chunk by chunk, so that no text lies here as a whole.
#pragma once
#include <emscripten/val.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/windows.hpp"
#include "text/encoder.hpp"
#include "text/trainer.hpp"

namespace trainyard::bindings {

struct TokenizerHandle {
  std::shared_ptr<const Tokenizer> tokenizer;
  std::string bytes{};
  std::vector<std::int32_t> all_ends{};

  /// The bytes of all tokens in one, and where each ends; valid until the next call.
  [[nodiscard]] emscripten::val tokens();
  [[nodiscard]] emscripten::val ends();
  [[nodiscard]] std::string save() const;
};

/// A text that is being read: to learn a tokenizer, or with one to become ids or windows.
struct TextHandle {
  TextHandle(const Json& options, const TokenizerHandle* with);

  void feed(std::uint32_t pointer, std::uint32_t bytes);
  /// After the last chunk, the one of these that it was opened for.
  [[nodiscard]] std::shared_ptr<TokenizerHandle> tokenizer();
  [[nodiscard]] emscripten::val ids();
  [[nodiscard]] emscripten::val windows();

  std::unique_ptr<TokenizerTrainer> trainer;
  std::optional<Encoder> encoder;
  std::optional<WindowOptions> wanted;
  std::shared_ptr<Tape> tape;
  std::vector<std::int32_t> result;

 private:
  void finish();
};

}  // namespace trainyard::bindings
