// Chooses the next token from a network's scores.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/options.hpp"

namespace trainyard {

struct SamplerOptions {
  double temperature = 1;             ///< scores are divided by it; 0: always the most probable token
  std::optional<std::int64_t> top_k;  ///< only so many of the most probable
  double top_p = 1;                   ///< only the fewest most probable that together have this share
  double repetition_penalty = 1;      ///< of tokens that were there before; > 1: fewer of them
  std::int64_t seed = 0;
  std::int64_t candidates = 0;  ///< how many of the most probable are told

  template <class V>
  void visit(V& v) {
    v("temperature", temperature, not_negative);
    v("topK", top_k, at_least_one);
    v("topP", top_p, Range{.min = 0, .max = 1, .open_min = true});
    v("repetitionPenalty", repetition_penalty, positive);
    v("seed", seed, not_negative);
    v("candidates", candidates, not_negative);
  }
};

struct Candidate {
  std::int32_t id = 0;
  double probability = 0;
};

/// Temperature, the k most probable, the nucleus of share p (Holtzman et al. 2020, arXiv:1904.09751) and a penalty on
/// repetition (Keskar et al. 2019, arXiv:1909.05858; negative scores are multiplied by it, as is done since).
/// In this order: penalty, temperature, topK, topP. Among equals the smaller id comes first.
class Sampler {
 public:
  Sampler(const SamplerOptions& options, std::int64_t vocabulary);

  /// A token that the penalty counts from now on.
  void see(std::int32_t id) { seen_[static_cast<std::size_t>(id)] = 1; }
  /// Draws token number `index` of a sequence: a function of scores, seed and index. Its probability is the one it was
  /// drawn with; with temperature 0, the one the network gives it. Throws DIVERGED for scores that are NaN or infinite.
  /// Allocates nothing.
  [[nodiscard]] Candidate draw(std::span<const float> scores, std::uint64_t index);
  /// The most probable tokens of the last draw, in order; what topK or topP left out has probability 0.
  [[nodiscard]] std::span<const Candidate> candidates() const { return candidates_; }

 private:
  struct Scored {
    std::int32_t id;
    double score;
  };

  void read(std::span<const float> scores);
  const Scored& ranked(std::size_t i);
  [[nodiscard]] double weight(const Scored& token) const;
  void keep();

  SamplerOptions options_;
  double slope_;            ///< of weights' logarithms against scores
  std::vector<char> seen_;  ///< by id
  /// A heap with the most probable token in front; behind it, backwards, the `ranks_` tokens before that one. So a
  /// token of a large vocabulary costs no sorting of all others.
  std::vector<Scored> tokens_;
  std::size_t ranks_ = 0;
  double largest_ = 0;    ///< score
  std::size_t kept_ = 0;  ///< may be drawn: so many of the most probable
  double sum_ = 0;        ///< of their weights
  std::vector<Candidate> candidates_;
};

}  // namespace trainyard
