// Mean absolute error over all numbers of all answers.
#include <cmath>

#include "metrics/all.hpp"
#include "metrics/regression.hpp"

namespace trainyard::metrics {
namespace {

struct Mae : RegressionMetric {
  [[nodiscard]] std::string name() const override { return "mae"; }
  [[nodiscard]] Goal goal() const override { return Goal::min; }
  void reset() override { mean_ = {}; }
  void update(const MetricBatch& batch) override {
    each_answer(batch, shape, [&](const Answer& a) {
      for (std::int64_t i = 0; i < shape.width; ++i) mean_.add(std::abs(a.output[i] - a.dense[i]), a.weight);
    });
  }
  [[nodiscard]] Json result() const override { return mean_.result(); }

  [[nodiscard]] std::span<double> gathered() override { return doubles_of(mean_); }

 private:
  WeightedMean mean_;
};

}  // namespace

constinit const Kind<Metric> mae = make_kind<Mae, Metric>("mae");

}  // namespace trainyard::metrics
