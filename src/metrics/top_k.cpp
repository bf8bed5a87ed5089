// The share of answers whose right class is among the k that the model finds likeliest; of equals the first count.
#include "metrics/all.hpp"
#include "metrics/answers.hpp"

namespace trainyard::metrics {
namespace {

struct TopK : Metric {
  std::int64_t k = 5;
  Classes classes;

  template <class V>
  void visit(V& v) {
    v("k", k, at_least_one);
  }
  [[nodiscard]] std::string name() const override { return "top" + std::to_string(k); }
  void prepare(const MetricShape& shape, const std::string& path) override {
    if (shape.width < 2 || k > shape.width) {
      throw Error(ErrorCode::invalid_value, path + ".k", "<= " + std::to_string(shape.width), std::to_string(k));
    }
    classes.shape = shape;
  }
  void reset() override { mean_ = {}; }
  void update(const MetricBatch& batch) override {
    each_answer(batch, classes.shape, [&](const Answer& a) {
      const std::int64_t wanted = classes.wanted(a);
      const double score = a.output[wanted];
      std::int64_t before = 0;
      for (std::int64_t i = 0; i < classes.shape.width; ++i) {
        const double x = a.output[i];
        if (x > score || (x == score && i < wanted)) ++before;
      }
      mean_.add(before < k ? 1 : 0, a.weight);
    });
  }
  [[nodiscard]] Json result() const override { return mean_.result(); }

  [[nodiscard]] std::span<double> gathered() override { return doubles_of(mean_); }

 private:
  WeightedMean mean_;
};

}  // namespace

constinit const Kind<Metric> top_k = make_kind<TopK, Metric>("topK");

}  // namespace trainyard::metrics
