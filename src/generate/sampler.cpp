#include "generate/sampler.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/portable_math.hpp"
#include "core/random.hpp"

namespace trainyard {
namespace {

/// What a share may lack through rounding: scores have single precision.
constexpr double rounding = 1e-6;

constexpr auto less_probable = [](const auto& a, const auto& b) {
  return a.score < b.score || (a.score == b.score && a.id > b.id);
};

}  // namespace

Sampler::Sampler(const SamplerOptions& options, std::int64_t vocabulary)
    : options_(options),
      slope_(options.temperature > 0 ? std::min(1 / options.temperature, 1e30) : 1),
      seen_(static_cast<std::size_t>(vocabulary)),
      tokens_(static_cast<std::size_t>(vocabulary)),
      candidates_(static_cast<std::size_t>(std::min(options.candidates, vocabulary))) {}

Candidate Sampler::draw(std::span<const float> scores, std::uint64_t index) {
  read(scores);
  keep();
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    candidates_[i] = {ranked(i).id, i < kept_ ? weight(ranked(i)) / sum_ : 0};
  }
  std::size_t chosen = 0;
  if (options_.temperature > 0) {
    const Philox words = philox(static_cast<std::uint64_t>(options_.seed), stream("generate"), index, 0);
    const double share = (words[0] * 0x1p-32 + words[1]) * 0x1p-32;  // [0, 1)
    double rest = share * sum_;
    // One that cannot be is not drawn either, though rounding leaves some of the share to it.
    for (; chosen + 1 < kept_ && weight(ranked(chosen + 1)) > 0; ++chosen) {
      const double w = weight(ranked(chosen));
      if (rest < w) break;
      rest -= w;
    }
  }
  return {ranked(chosen).id, weight(ranked(chosen)) / sum_};
}

/// Makes a heap of the penalised scores.
void Sampler::read(std::span<const float> scores) {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    auto score = static_cast<double>(scores[i]);
    if (seen_[i] != 0) score = score > 0 ? score / options_.repetition_penalty : score * options_.repetition_penalty;
    // -Infinity is a token that cannot be.
    if (!(score < HUGE_VAL)) throw Error(ErrorCode::diverged, "generate", "< Infinity", number_text(score));
    tokens_[i] = {static_cast<std::int32_t>(i), score};
  }
  std::ranges::make_heap(tokens_, less_probable);
  ranks_ = 0;
  largest_ = tokens_.front().score;
  if (!(largest_ > -HUGE_VAL)) throw Error(ErrorCode::diverged, "generate", "> -Infinity", "-Infinity");
}

/// The token that i others are more probable than.
const Sampler::Scored& Sampler::ranked(std::size_t i) {
  for (; ranks_ <= i; ++ranks_) {
    std::ranges::pop_heap(tokens_.begin(), tokens_.end() - static_cast<std::ptrdiff_t>(ranks_), less_probable);
  }
  return tokens_[tokens_.size() - 1 - i];
}

/// A score's weight, the largest being 1.
double Sampler::weight(const Scored& token) const {
  const double below = (token.score - largest_) * slope_;
  return below > -700 ? portable::exp(below) : 0;
}

/// What topK and topP leave: `kept_` and `sum_`.
void Sampler::keep() {
  kept_ = static_cast<std::size_t>(
      std::min(options_.top_k.value_or(std::ssize(tokens_)), static_cast<std::int64_t>(tokens_.size())));
  sum_ = 0;
  if (kept_ == tokens_.size()) {
    // As the heap lies: no two tokens are equal in its order, so all libraries make the same one.
    for (const Scored& token : tokens_) sum_ += weight(token);
  } else {
    for (std::size_t i = 0; i < kept_; ++i) sum_ += weight(ranked(i));
  }
  if (options_.top_p >= 1) return;
  const double wanted = sum_ * options_.top_p * (1 - rounding);
  std::size_t count = 0;
  double sum = 0;
  do sum += weight(ranked(count++));
  while (count < kept_ && sum < wanted);
  kept_ = count;
  sum_ = sum;
}

}  // namespace trainyard
