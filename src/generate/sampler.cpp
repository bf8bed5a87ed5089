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

}  // namespace

Sampler::Sampler(const SamplerOptions& options, std::int64_t vocabulary)
    : options_(options),
      seen_(static_cast<std::size_t>(vocabulary)),
      order_(static_cast<std::size_t>(vocabulary)),
      candidates_(static_cast<std::size_t>(std::min(options.candidates, vocabulary))) {}

Candidate Sampler::draw(std::span<const float> scores, std::uint64_t index) {
  order(scores);
  weigh();
  restrict_to_nucleus();
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    candidates_[i] = {order_[i].id, i < kept_ ? order_[i].probability / sum_ : 0};
  }
  std::size_t chosen = 0;
  if (options_.temperature > 0) {
    const Philox words = philox(static_cast<std::uint64_t>(options_.seed), stream("generate"), index, 0);
    const double share = (words[0] * 0x1p-32 + words[1]) * 0x1p-32;  // [0, 1)
    double rest = share * sum_;
    while (chosen + 1 < kept_ && rest >= order_[chosen].probability) rest -= order_[chosen++].probability;
  }
  return {order_[chosen].id, order_[chosen].probability / sum_};
}

/// Fills `order_` with the penalised scores, the most probable first.
void Sampler::order(std::span<const float> scores) {
  for (std::size_t i = 0; i < order_.size(); ++i) {
    auto score = static_cast<double>(scores[i]);
    if (seen_[i] != 0) score = score > 0 ? score / options_.repetition_penalty : score * options_.repetition_penalty;
    // -Infinity is a token that cannot be.
    if (!(score < HUGE_VAL)) throw Error(ErrorCode::diverged, "generate", "< Infinity", number_text(score));
    order_[i] = {static_cast<std::int32_t>(i), score};
  }
  // All of them, so that what is asked for beside (candidates) never changes what is drawn.
  const auto more_probable = [](const Candidate& a, const Candidate& b) {
    return a.probability > b.probability || (a.probability == b.probability && a.id < b.id);
  };
  std::ranges::make_heap(order_, more_probable);
  std::ranges::sort_heap(order_, more_probable);
  if (!(order_[0].probability > -HUGE_VAL)) throw Error(ErrorCode::diverged, "generate", "> -Infinity", "-Infinity");
}

/// Turns the scores of what topK keeps into weights, the largest being 1.
void Sampler::weigh() {
  kept_ = static_cast<std::size_t>(
      std::min(options_.top_k.value_or(std::ssize(order_)), static_cast<std::int64_t>(order_.size())));
  const double largest = order_[0].probability;
  const double slope = options_.temperature > 0 ? std::min(1 / options_.temperature, 1e30) : 1;
  sum_ = 0;
  for (std::size_t i = 0; i < kept_; ++i) {
    const double below = (order_[i].probability - largest) * slope;
    order_[i].probability = below > -700 ? portable::exp(below) : 0;
    sum_ += order_[i].probability;
  }
}

void Sampler::restrict_to_nucleus() {
  if (options_.top_p >= 1) return;
  const double wanted = sum_ * options_.top_p * (1 - rounding);
  std::size_t count = 0;
  double sum = 0;
  while (count < kept_ && sum < wanted) sum += order_[count++].probability;
  kept_ = count;
  sum_ = sum;
}

}  // namespace trainyard
