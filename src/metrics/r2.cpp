// Coefficient of determination: 1 - (squared error) / (spread of the targets about their mean), the mean over the
// outputs, as scikit-learn's r2_score. A target that never varies scores 1 if it is met exactly, else 0.
#include <algorithm>

#include "metrics/all.hpp"
#include "metrics/regression.hpp"

namespace trainyard::metrics {
namespace {

/// Welford's running mean and spread (1962), weighted (West 1979): no cancellation, one pass.
struct Spread {
  double weight = 0;
  double mean = 0;
  double squares = 0;  ///< sum of w (y - mean)^2
  double errors = 0;   ///< sum of w (y - prediction)^2

  void add(double y, double prediction, double w) {
    if (w == 0) return;
    weight += w;
    const double delta = y - mean;
    mean += delta * w / weight;
    squares += w * delta * (y - mean);
    errors += w * (y - prediction) * (y - prediction);
  }
  /// Takes in another's (Chan, Golub and LeVeque 1979).
  void merge(const Spread& o) {
    if (o.weight == 0) return;
    const double both = weight + o.weight;
    const double delta = o.mean - mean;
    squares += o.squares + delta * delta * weight * o.weight / both;
    mean += delta * o.weight / both;
    errors += o.errors;
    weight = both;
  }
  [[nodiscard]] double score() const {
    if (squares > 0) return 1 - errors / squares;
    return errors == 0 ? 1 : 0;
  }
};

struct R2 : RegressionMetric {
  [[nodiscard]] std::string name() const override { return "r2"; }
  void prepare(const MetricShape& s, const std::string& path) override {
    RegressionMetric::prepare(s, path);
    spreads_.resize(static_cast<std::size_t>(s.width));
  }
  void reset() override { std::ranges::fill(spreads_, Spread{}); }
  void update(const MetricBatch& batch) override {
    each_answer(batch, shape, [&](const Answer& a) {
      for (std::int64_t i = 0; i < shape.width; ++i) {
        spreads_[static_cast<std::size_t>(i)].add(a.dense[i], a.output[i], a.weight);
      }
    });
  }
  [[nodiscard]] Json result() const override {
    if (spreads_.empty() || spreads_[0].weight == 0) return nullptr;
    double sum = 0;
    for (const Spread& s : spreads_) sum += s.score();
    return sum / static_cast<double>(spreads_.size());
  }

  [[nodiscard]] std::span<double> gathered() override { return doubles_of(std::span(spreads_)); }
  void merge(std::span<const double> other) override {
    for (std::size_t i = 0; i < spreads_.size(); ++i) {
      Spread part;
      std::ranges::copy(other.subspan(i * doubles_a_spread, doubles_a_spread), doubles_of(std::span(&part, 1)).begin());
      spreads_[i].merge(part);
    }
  }

 private:
  static constexpr std::size_t doubles_a_spread = sizeof(Spread) / sizeof(double);
  std::vector<Spread> spreads_;
};

}  // namespace

constinit const Kind<Metric> r2 = make_kind<R2, Metric>("r2");

}  // namespace trainyard::metrics
