// Root of the mean squared error over all numbers of all answers.
#include <cmath>

#include "metrics/all.hpp"
#include "metrics/regression.hpp"

namespace trainyard::metrics {
namespace {

struct Rmse : RegressionMetric {
  [[nodiscard]] std::string name() const override { return "rmse"; }
  [[nodiscard]] Goal goal() const override { return Goal::min; }
  void reset() override { mean_ = {}; }
  void update(const MetricBatch& batch) override {
    each_answer(batch, shape, [&](const Answer& a) {
      for (std::int64_t i = 0; i < shape.width; ++i) {
        const double error = a.output[i] - a.dense[i];
        mean_.add(error * error, a.weight);
      }
    });
  }
  [[nodiscard]] Json result() const override {
    return mean_.weight > 0 ? Json(std::sqrt(mean_.sum / mean_.weight)) : Json(nullptr);
  }

  [[nodiscard]] std::span<double> gathered() override { return doubles_of(mean_); }

 private:
  WeightedMean mean_;
};

}  // namespace

constinit const Kind<Metric> rmse = make_kind<Rmse, Metric>("rmse");

}  // namespace trainyard::metrics
