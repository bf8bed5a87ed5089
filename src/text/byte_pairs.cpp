#include <algorithm>
#include <array>
#include <utility>

#include "text/pair_table.hpp"
#include "text/trainer.hpp"

namespace trainyard {
namespace {

/// A pair of neighbours: how often it comes, and in which words it came (some of them may have lost it since).
struct PairCount {
  std::uint64_t key = 0;
  std::int64_t count = 0;
  std::vector<std::int32_t> words;
  bool grown = false;  ///< by the merge that is under way
};

/// What the heap compares: a count as it was when the pair was pushed.
struct PairCandidate {
  std::int64_t count;
  std::uint64_t key;
  std::uint32_t pair;
  [[nodiscard]] bool operator<(const PairCandidate& o) const {
    return count != o.count ? count < o.count : key > o.key;
  }
};

/// All words as symbols, and all pairs in them.
class PairLearner {
 public:
  PairLearner(const WordTable& words, const std::vector<std::int64_t>& counts,
              const std::array<std::int32_t, 256>& bytes)
      : counts_(counts) {
    for (std::int32_t w = 0; w < words.size(); ++w) {
      starts_.push_back(symbols_.size());
      for (const char c : words[w]) symbols_.push_back(bytes[static_cast<unsigned char>(c)]);
      lengths_.push_back(static_cast<std::uint32_t>(words[w].size()));
      for (std::size_t i = starts_.back(); i + 1 < symbols_.size(); ++i) {
        change(symbols_[i], symbols_[i + 1], counts[static_cast<std::size_t>(w)], w);
      }
    }
    push_grown();
  }

  /// The most frequent pair, or none that comes twice. A count that has fallen since it was pushed goes back as what it
  /// is now; one that has grown was pushed again then.
  const PairCount* best() {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end());
      const PairCandidate top = heap_.back();
      heap_.pop_back();
      const PairCount& pair = pairs_[top.pair];
      if (pair.count < top.count) push(top.pair);
      if (pair.count == top.count) return &pair;
    }
    return nullptr;
  }

  void merge(std::int32_t left, std::int32_t right, std::int32_t result) {
    PairCount& merged = pairs_[index_.find(pair_key(left, right))];
    const std::vector<std::int32_t> words = std::exchange(merged.words, {});
    for (const std::int32_t w : words) merge_in(w, left, right, result);
    pairs_[index_.find(pair_key(left, right))].count = 0;
    push_grown();
  }

 private:
  void merge_in(std::int32_t word, std::int32_t left, std::int32_t right, std::int32_t result) {
    std::int32_t* s = symbols_.data() + starts_[static_cast<std::size_t>(word)];
    std::uint32_t& length = lengths_[static_cast<std::size_t>(word)];
    const std::int64_t n = counts_[static_cast<std::size_t>(word)];
    std::uint32_t out = 0;
    for (std::uint32_t i = 0; i < length; ++out) {
      if (s[i] != left || i + 1 == length || s[i + 1] != right) {
        s[out] = s[i++];
        continue;
      }
      if (out > 0) {
        change(s[out - 1], left, -n, word);
        change(s[out - 1], result, n, word);
      }
      if (i + 2 < length) {
        change(right, s[i + 2], -n, word);
        change(result, s[i + 2], n, word);
      }
      s[out] = result;
      i += 2;
    }
    length = out;
  }

  void change(std::int32_t left, std::int32_t right, std::int64_t by, std::int32_t word) {
    const std::uint64_t key = pair_key(left, right);
    const auto next = static_cast<std::uint32_t>(pairs_.size());
    const std::uint32_t i = index_.add(key, next);
    if (i == next) pairs_.push_back({.key = key, .count = 0, .words = {}});
    PairCount& pair = pairs_[i];
    pair.count += by;
    if (by < 0) return;
    if (pair.words.empty() || pair.words.back() != word) pair.words.push_back(word);
    if (!std::exchange(pair.grown, true)) grown_.push_back(i);
  }

  void push(std::uint32_t i) {
    if (pairs_[i].count < 2) return;
    heap_.push_back({pairs_[i].count, pairs_[i].key, i});
    std::push_heap(heap_.begin(), heap_.end());
  }
  /// Pairs have their counts when a merge is over.
  void push_grown() {
    for (const std::uint32_t i : grown_) {
      pairs_[i].grown = false;
      push(i);
    }
    grown_.clear();
  }

  const std::vector<std::int64_t>& counts_;
  std::vector<std::size_t> starts_;
  std::vector<std::uint32_t> lengths_;
  std::vector<std::int32_t> symbols_;
  std::vector<PairCount> pairs_;
  PairTable index_;
  std::vector<std::uint32_t> grown_;
  std::vector<PairCandidate> heap_;
};

}  // namespace

void learn_merges(const WordTable& words, const std::vector<std::int64_t>& counts, std::size_t size,
                  std::vector<std::string>& tokens, std::vector<Merge>& merges) {
  std::array<std::int32_t, 256> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[static_cast<unsigned char>(tokens[i][0])] = static_cast<std::int32_t>(i);
  }
  PairLearner learner(words, counts, bytes);
  WordTable known;
  for (const std::string& token : tokens) known.add(token);
  while (tokens.size() < size) {
    const PairCount* best = learner.best();
    if (best == nullptr) return;
    const auto left = static_cast<std::int32_t>(best->key >> 32);
    const auto right = static_cast<std::int32_t>(best->key & 0xFFFFFFFFu);
    std::string token = tokens[static_cast<std::size_t>(left)] + tokens[static_cast<std::size_t>(right)];
    // Two ways can lead to the same bytes: a + aa, aa + a.
    const std::int32_t result = known.add(token);
    if (result == std::ssize(tokens)) tokens.push_back(std::move(token));
    merges.push_back({left, right, result});
    learner.merge(left, right, result);
  }
}

}  // namespace trainyard
