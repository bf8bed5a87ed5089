// How often each class was taken for each other: result[real][called], as scikit-learn's.
#include <algorithm>

#include "metrics/all.hpp"
#include "metrics/answers.hpp"

namespace trainyard::metrics {
namespace {

constexpr std::int64_t most_classes = 2048;  // 32 MiB

struct ConfusionMatrix : Metric {
  Classes classes;

  template <class V>
  void visit(V& v) {
    v("threshold", classes.threshold);
  }
  [[nodiscard]] std::string name() const override { return "confusionMatrix"; }
  [[nodiscard]] Goal goal() const override { return Goal::none; }
  void prepare(const MetricShape& shape, const std::string& path) override {
    classes.shape = shape;
    if (classes.count() > most_classes) {
      throw Error(ErrorCode::invalid_value, path, "<= " + std::to_string(most_classes),
                  std::to_string(classes.count()));
    }
    counts_.resize(static_cast<std::size_t>(classes.count() * classes.count()));
  }
  void reset() override { std::ranges::fill(counts_, 0.0); }
  void update(const MetricBatch& batch) override {
    each_answer(batch, classes.shape, [&](const Answer& a) {
      counts_[static_cast<std::size_t>(classes.wanted(a) * classes.count() + classes.predicted(a))] += a.weight;
    });
  }
  [[nodiscard]] Json result() const override {
    Json rows = Json::array();
    const auto width = static_cast<std::ptrdiff_t>(classes.count());
    for (auto it = counts_.begin(); it != counts_.end(); it += width) {
      rows.push_back(std::vector<double>(it, it + width));
    }
    return rows;
  }

  [[nodiscard]] std::span<double> gathered() override { return counts_; }

 private:
  std::vector<double> counts_;
};

}  // namespace

constinit const Kind<Metric> confusion_matrix = make_kind<ConfusionMatrix, Metric>("confusionMatrix");

}  // namespace trainyard::metrics
