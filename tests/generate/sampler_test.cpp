// Which tokens may be drawn, how often, and with which probability: on distributions that are known.
#include "generate/sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "support/errors.hpp"

namespace trainyard {
namespace {

/// Scores whose softmax these shares are.
std::vector<float> scores_of(const std::vector<double>& shares) {
  std::vector<float> scores;
  for (const double p : shares) scores.push_back(static_cast<float>(std::log(p) + 3));
  return scores;
}

const std::vector<double> shares{0.1, 0.4, 0.2, 0.3};

/// How often each token comes in `draws`.
std::vector<double> frequencies(const SamplerOptions& options, const std::vector<double>& of, int draws) {
  Sampler sampler(options, std::ssize(of));
  const std::vector<float> scores = scores_of(of);
  std::vector<double> counts(of.size());
  for (int i = 0; i < draws; ++i) {
    counts[static_cast<std::size_t>(sampler.draw(scores, static_cast<std::uint64_t>(i)).id)] += 1;
  }
  for (double& count : counts) count /= draws;
  return counts;
}

/// Every frequency within four standard deviations of what it should be; what cannot be never comes.
void expect_shares(const SamplerOptions& options, const std::vector<double>& of, const std::vector<double>& wanted) {
  constexpr int draws = 20'000;
  const std::vector<double> counts = frequencies(options, of, draws);
  Sampler sampler(options, std::ssize(of));
  for (std::size_t i = 0; i < of.size(); ++i) {
    EXPECT_NEAR(counts[i], wanted[i], 4 * std::sqrt(wanted[i] * (1 - wanted[i]) / draws) + 1e-9) << i;
  }
  // And it says the probability that it draws with.
  const Candidate drawn = sampler.draw(scores_of(of), 17);
  EXPECT_NEAR(drawn.probability, wanted[static_cast<std::size_t>(drawn.id)], 1e-6);
}

TEST(Sampler, DrawsWithTheNetworksProbabilities) { expect_shares({}, shares, shares); }

TEST(Sampler, TemperatureSharpensAndFlattens) {
  for (const double t : {0.5, 2.0}) {
    std::vector<double> wanted;
    for (const double p : shares) wanted.push_back(std::pow(p, 1 / t));
    const double sum = std::accumulate(wanted.begin(), wanted.end(), 0.0);
    for (double& w : wanted) w /= sum;
    SamplerOptions options;
    options.temperature = t;
    expect_shares(options, shares, wanted);
  }
}

TEST(Sampler, TemperatureZeroTakesTheMostProbableAndSaysItsProbability) {
  SamplerOptions options;
  options.temperature = 0;
  Sampler sampler(options, 4);
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Candidate c = sampler.draw(scores_of(shares), i);
    EXPECT_EQ(c.id, 1);
    EXPECT_NEAR(c.probability, 0.4, 1e-6);
  }
  EXPECT_EQ(sampler.draw(std::vector<float>{1, 5, 5, 5}, 0).id, 1) << "the first of equals";
  options.temperature = 1e-320;
  EXPECT_EQ(Sampler(options, 4).draw(scores_of(shares), 3).id, 1) << "as good as zero";
}

TEST(Sampler, TopKKeepsExactlySoMany) {
  SamplerOptions options;
  options.top_k = 2;
  expect_shares(options, shares, {0, 4.0 / 7, 0, 3.0 / 7});
  expect_shares(options, {0.25, 0.25, 0.25, 0.25}, {0.5, 0.5, 0, 0});
  options.top_k = 100;
  expect_shares(options, shares, shares);
}

TEST(Sampler, TopPKeepsTheFewestThatHaveTheShare) {
  SamplerOptions options;
  for (const auto& [p, wanted] :
       std::vector<std::pair<double, std::vector<double>>>{{0.01, {0, 1, 0, 0}},
                                                           {0.4, {0, 1, 0, 0}},
                                                           {0.41, {0, 4.0 / 7, 0, 3.0 / 7}},
                                                           {0.7, {0, 4.0 / 7, 0, 3.0 / 7}},
                                                           {0.71, {0, 4.0 / 9, 2.0 / 9, 3.0 / 9}},
                                                           {0.9, {0, 4.0 / 9, 2.0 / 9, 3.0 / 9}},
                                                           {0.91, shares},
                                                           {1, shares}}) {
    options.top_p = p;
    expect_shares(options, shares, wanted);
  }
  // The nucleus is one of what topK leaves.
  options.top_p = 0.6;
  options.top_k = 2;
  expect_shares(options, shares, {0, 4.0 / 7, 0, 3.0 / 7});
  options.top_p = 0.5;
  expect_shares(options, shares, {0, 1, 0, 0});
}

TEST(Sampler, RepetitionCostsWhetherScoresArePositiveOrNot) {
  SamplerOptions options;
  options.temperature = 0;
  options.repetition_penalty = 2;
  Sampler sampler(options, 3);
  sampler.see(0);
  EXPECT_EQ(sampler.draw(std::vector<float>{4, 3, 1}, 0).id, 1);
  EXPECT_EQ(sampler.draw(std::vector<float>{-4, -6, -9}, 0).id, 1);
  EXPECT_EQ(sampler.draw(std::vector<float>{4, 1.9F, 1}, 0).id, 0) << "a penalty, no ban";
  const double p = sampler.draw(std::vector<float>{4, 1, 1}, 0).probability;
  EXPECT_NEAR(p, std::exp(2) / (std::exp(2) + 2 * std::exp(1)), 1e-12) << "4 / 2 against 1 and 1";
}

TEST(Sampler, IsAFunctionOfSeedAndIndex) {
  const std::vector<double> flat(50, 1.0 / 50);
  const auto draws = [&](std::int64_t seed, std::int64_t candidates) {
    SamplerOptions options;
    options.seed = seed;
    options.candidates = candidates;
    Sampler sampler(options, 50);
    std::vector<std::int32_t> ids;
    for (std::uint64_t i = 0; i < 100; ++i) ids.push_back(sampler.draw(scores_of(flat), i).id);
    return ids;
  };
  EXPECT_EQ(draws(1, 0), draws(1, 0));
  EXPECT_NE(draws(1, 0), draws(2, 0));
  EXPECT_EQ(draws(1, 0), draws(1, 5)) << "what is told beside changes nothing";
}

TEST(Sampler, TellsTheMostProbableInOrder) {
  SamplerOptions options;
  options.candidates = 3;
  options.top_k = 2;
  Sampler sampler(options, 4);
  static_cast<void>(sampler.draw(scores_of(shares), 0));
  const auto told = sampler.candidates();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].id, 1);
  EXPECT_NEAR(told[0].probability, 4.0 / 7, 1e-6);
  EXPECT_EQ(told[1].id, 3);
  EXPECT_NEAR(told[1].probability, 3.0 / 7, 1e-6);
  EXPECT_EQ(told[2].id, 2);
  EXPECT_EQ(told[2].probability, 0) << "topK left it out";
  options.candidates = 99;
  EXPECT_EQ(Sampler(options, 4).candidates().size(), 4U);
}

TEST(Sampler, RanksALargeVocabularyAsSortingDoes) {
  constexpr std::size_t n = 3000;
  std::vector<float> scores(n);
  std::vector<std::int32_t> order(n);
  for (std::size_t i = 0; i < n; ++i) {
    scores[i] = static_cast<float>(i * 7919 % 251) / 16;  // twelve of each
    order[i] = static_cast<std::int32_t>(i);
  }
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::int32_t id) { return scores[static_cast<std::size_t>(id)]; });
  SamplerOptions options;
  options.candidates = n;
  double sum = 0;
  for (const float s : scores) sum += std::exp(static_cast<double>(s));
  Sampler sampler(options, n);
  for (std::uint64_t draw = 0; draw < 3; ++draw) {
    static_cast<void>(sampler.draw(scores, draw));
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(sampler.candidates()[i].id, order[i]);
      const double share = std::exp(static_cast<double>(scores[static_cast<std::size_t>(order[i])])) / sum;
      ASSERT_NEAR(sampler.candidates()[i].probability / share, 1, 1e-9);
    }
  }
  options.candidates = 0;
  Sampler alone(options, n);
  for (std::uint64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(alone.draw(scores, i).id, sampler.draw(scores, i).id) << "what is told beside changes nothing";
  }
}

TEST(Sampler, ATinyTopPStillKeepsTheMostProbable) {
  SamplerOptions options;
  options.top_p = std::numeric_limits<double>::denorm_min();
  const Candidate c = Sampler(options, 4).draw(scores_of(shares), 3);
  EXPECT_EQ(c.id, 1);
  EXPECT_EQ(c.probability, 1);
}

TEST(Sampler, RefusesWhatIsNoNumberAndDrawsNoneThatCannotBe) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  Sampler sampler({}, 3);
  for (const std::vector<float>& scores :
       {std::vector<float>{0, nan, 1}, {0, infinity, 1}, {-infinity, -infinity, -infinity}}) {
    const auto error = error_of([&] { static_cast<void>(sampler.draw(scores, 0)); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::diverged);
  }
  for (std::uint64_t i = 0; i < 200; ++i) EXPECT_NE(sampler.draw(std::vector<float>{0, -infinity, 1}, i).id, 1);
  EXPECT_NE(sampler.draw(std::vector<float>{-1e30F, 1e30F, 0}, 0).id, 0) << "far apart is no overflow";
}

}  // namespace
}  // namespace trainyard
