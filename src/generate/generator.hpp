// One text being written: a prompt, then token after token until somebody has enough.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "generate/sampler.hpp"
#include "generate/stepper.hpp"

namespace trainyard {

struct GenerateOptions : SamplerOptions {
  std::int64_t max_tokens = 256;
  std::vector<std::int64_t> stop;  ///< ids; the first of them to come is the last token

  template <class V>
  void visit(V& v) {
    SamplerOptions::visit(v);
    v("maxTokens", max_tokens, not_negative);
    v("stop", stop, not_negative);
  }
};

/// Reads the weights as they are at each token: where they have changed since the last, it reads its text anew, so that
/// no token rests on weights of the past. Where the text grows longer than the context, it goes on from the last half
/// of a context.
class Generator {
 public:
  /// Throws what Stepper throws; EMPTY_DATA (path "prompt"); INVALID_LABEL (path "prompt[3]", "stop[0]") for an id
  /// outside the vocabulary; what parsing the options throws.
  Generator(const Model& model, ThreadPool& pool, std::span<const std::int32_t> prompt, const Json& options);

  [[nodiscard]] bool done() const { return done_; }
  /// The next token; must not be asked for when done. Throws DIVERGED where the network gives NaN or infinity, and may
  /// be asked again. Allocates nothing.
  Candidate next();
  /// The most probable tokens that the last one was drawn from.
  [[nodiscard]] std::span<const Candidate> candidates() const { return sampler_.candidates(); }
  [[nodiscard]] const Stepper& stepper() const { return stepper_; }

 private:
  void read();
  void keep_last(std::int64_t count);

  const Model& model_;
  GenerateOptions options_;
  Stepper stepper_;
  Sampler sampler_;
  std::vector<std::int32_t> text_;  ///< what the stepper has read or is to read, and may have to read again
  std::size_t unread_ = 0;          ///< how many of the last of `text_` it has not read yet
  std::span<const float> scores_;
  std::uint64_t changes_ = 0;  ///< of the model's weights, when it last read
  std::int64_t given_ = 0;
  bool done_ = false;
};

}  // namespace trainyard
