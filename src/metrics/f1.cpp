// Precision (how many of those called c are c), recall (how many of those that are c are called c) and their harmonic
// mean F1, as scikit-learn's: what has no answers counts 0. With one logit there is one class, the positive one.
#include <algorithm>
#include <span>

#include "metrics/all.hpp"
#include "metrics/answers.hpp"

namespace trainyard::metrics {
namespace {

struct Counts {
  double hits = 0;    ///< of the class and called so
  double called = 0;  ///< called so
  double real = 0;    ///< of the class
};

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

struct PrecisionScore {
  static constexpr const char* key = "precision";
  static double of(const Counts& c) { return ratio(c.hits, c.called); }
};
struct RecallScore {
  static constexpr const char* key = "recall";
  static double of(const Counts& c) { return ratio(c.hits, c.real); }
};
struct F1Score {
  static constexpr const char* key = "f1";
  static double of(const Counts& c) { return ratio(2 * c.hits, c.called + c.real); }
};

template <class Score>
struct PerClass : Metric {
  std::string average = "macro";
  Classes classes;

  template <class V>
  void visit(V& v) {
    v("average", average, Choices{"macro", "micro", "weighted", "none"});
    v("threshold", classes.threshold);
  }
  [[nodiscard]] std::string name() const override { return Score::key; }
  [[nodiscard]] Goal goal() const override { return average == "none" ? Goal::none : Goal::max; }
  void prepare(const MetricShape& shape, const std::string& /*path*/) override {
    classes.shape = shape;
    counts_.resize(static_cast<std::size_t>(classes.count()));
  }
  void reset() override { std::ranges::fill(counts_, Counts{}); }
  void update(const MetricBatch& batch) override {
    each_answer(batch, classes.shape, [&](const Answer& a) {
      const auto predicted = static_cast<std::size_t>(classes.predicted(a));
      const auto wanted = static_cast<std::size_t>(classes.wanted(a));
      counts_[predicted].called += a.weight;
      counts_[wanted].real += a.weight;
      if (predicted == wanted) counts_[wanted].hits += a.weight;
    });
  }
  [[nodiscard]] Json result() const override {
    const auto scored = std::span(counts_).subspan(classes.shape.width == 1 ? 1 : 0);
    Counts all;
    WeightedMean even;
    WeightedMean weighted;
    Json list = Json::array();
    for (const Counts& c : scored) {
      all = {all.hits + c.hits, all.called + c.called, all.real + c.real};
      // As scikit-learn: a class that was neither there nor called is no class of these data.
      if (c.real > 0 || c.called > 0) even.add(Score::of(c), 1);
      weighted.add(Score::of(c), c.real);
      list.push_back(Score::of(c));
    }
    if (counts_.empty() || total() == 0) return nullptr;
    if (average == "none") return list;
    if (average == "micro") return Score::of(all);
    const Json mean = average == "weighted" ? weighted.result() : even.result();
    return mean.is_null() ? Json(0.0) : mean;
  }

  [[nodiscard]] std::span<double> gathered() override { return doubles_of(std::span(counts_)); }

 private:
  [[nodiscard]] double total() const {
    double sum = 0;
    for (const Counts& c : counts_) sum += c.real;
    return sum;
  }
  std::vector<Counts> counts_;
};

}  // namespace

constinit const Kind<Metric> precision = make_kind<PerClass<PrecisionScore>, Metric>("precision");
constinit const Kind<Metric> recall = make_kind<PerClass<RecallScore>, Metric>("recall");
constinit const Kind<Metric> f1 = make_kind<PerClass<F1Score>, Metric>("f1");

}  // namespace trainyard::metrics
