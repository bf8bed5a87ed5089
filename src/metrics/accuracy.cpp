// The share of answers whose class is the right one.
#include "metrics/all.hpp"
#include "metrics/answers.hpp"

namespace trainyard::metrics {
namespace {

struct Accuracy : Metric {
  Classes classes;

  template <class V>
  void visit(V& v) {
    v("threshold", classes.threshold);
  }
  [[nodiscard]] std::string name() const override { return "accuracy"; }
  void prepare(const MetricShape& shape, const std::string& /*path*/) override { classes.shape = shape; }
  void reset() override { mean_ = {}; }
  void update(const MetricBatch& batch) override {
    each_answer(batch, classes.shape,
                [&](const Answer& a) { mean_.add(classes.predicted(a) == classes.wanted(a) ? 1 : 0, a.weight); });
  }
  [[nodiscard]] Json result() const override { return mean_.result(); }

  [[nodiscard]] std::span<double> gathered() override { return doubles_of(mean_); }

 private:
  WeightedMean mean_;
};

}  // namespace

constinit const Kind<Metric> accuracy = make_kind<Accuracy, Metric>("accuracy");

}  // namespace trainyard::metrics
