// Metrics against plain computations over whole lists, fed in batches of several sizes and in both precisions.
#include "metrics/metric.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

/// A whole data set's answers.
struct Answers {
  MetricShape shape;
  std::int64_t rows = 0;
  std::vector<double> outputs, dense, weights;
  std::vector<std::int32_t> ids;

  [[nodiscard]] std::int64_t count() const { return rows * shape.positions; }
  [[nodiscard]] double weight(std::int64_t answer) const {
    return weights.empty() ? 1 : weights[static_cast<std::size_t>(answer / shape.positions)];
  }
  [[nodiscard]] double output(std::int64_t answer, std::int64_t i) const {
    return outputs[static_cast<std::size_t>(answer * shape.width + i)];
  }
  [[nodiscard]] double target(std::int64_t answer, std::int64_t i) const {
    return dense[static_cast<std::size_t>(answer * shape.width + i)];
  }
};

/// Numbers on a coarse grid, so that floats are exact and equal scores occur.
Answers drawn(MetricShape shape, std::int64_t rows, bool weighted, std::string_view name) {
  Random random(11, name);
  Answers a{.shape = shape, .rows = rows, .outputs = {}, .dense = {}, .weights = {}, .ids = {}};
  const auto grid = [&] { return static_cast<double>(random.below(17)) / 4 - 2; };
  for (std::int64_t i = 0; i < a.count() * shape.width; ++i) {
    a.outputs.push_back(grid());
    if (!shape.ids) a.dense.push_back(grid());
  }
  const auto classes = static_cast<std::uint32_t>(std::max<std::int64_t>(2, shape.width));
  for (std::int64_t i = 0; shape.ids && i < a.count(); ++i)
    a.ids.push_back(static_cast<std::int32_t>(random.below(classes)));
  for (std::int64_t i = 0; weighted && i < rows; ++i) a.weights.push_back(static_cast<double>(random.below(5)) / 2);
  return a;
}

template <class T>
Json measured(const Json& description, const Answers& a, std::int64_t batch_size) {
  const auto metric = parse_metric(description, a.shape);
  const std::vector<T> outputs(a.outputs.begin(), a.outputs.end());
  const std::vector<T> dense(a.dense.begin(), a.dense.end());
  const std::vector<T> weights(a.weights.begin(), a.weights.end());
  for (int pass = 0; pass < 2; ++pass) {  // a reset forgets everything
    metric->reset();
    for (std::int64_t row = 0; row < a.rows; row += batch_size) {
      const std::int64_t first = row * a.shape.positions;
      metric->update({.outputs = outputs.data() + first * a.shape.width,
                      .ids = a.shape.ids ? a.ids.data() + first : nullptr,
                      .dense = a.shape.ids ? nullptr : dense.data() + first * a.shape.width,
                      .weights = weights.empty() ? nullptr : weights.data() + row,
                      .rows = std::min(batch_size, a.rows - row),
                      .precision = std::is_same_v<T, double> ? Precision::f64 : Precision::f32});
    }
  }
  return metric->result();
}

/// The same result whatever the batch size and precision.
Json result_of(const Json& description, const Answers& a) {
  const Json result = measured<float>(description, a, 7);
  for (const std::int64_t size : {std::int64_t{1}, a.rows}) {
    EXPECT_EQ(measured<float>(description, a, size), result) << description;
    EXPECT_EQ(measured<double>(description, a, size), result) << description;
  }
  return result;
}

/// Classes by sorting, for the reference.
std::int64_t best_of(const Answers& a, std::int64_t answer, bool of_target, double threshold) {
  const auto at = [&](std::int64_t i) { return of_target ? a.target(answer, i) : a.output(answer, i); };
  if (a.shape.width == 1) return at(0) > threshold ? 1 : 0;
  std::vector<std::int64_t> order(static_cast<std::size_t>(a.shape.width));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::int64_t i, std::int64_t j) { return at(i) > at(j); });
  return order[0];
}
std::int64_t called(const Answers& a, std::int64_t answer) { return best_of(a, answer, false, 0); }
std::int64_t real(const Answers& a, std::int64_t answer) {
  return a.shape.ids ? a.ids[static_cast<std::size_t>(answer)] : best_of(a, answer, true, 0.5);
}

std::vector<Answers> classification() {
  std::vector<Answers> list;
  for (const bool ids : {true, false}) {
    for (const bool weighted : {false, true}) {
      list.push_back(drawn({.width = 4, .positions = 1, .ids = ids}, 50, weighted, "four"));
      list.push_back(drawn({.width = 1, .positions = 1, .ids = ids}, 50, weighted, "logit"));
      list.push_back(drawn({.width = 6, .positions = 5, .ids = ids}, 20, weighted, "sequence"));
    }
  }
  return list;
}

TEST(Metric, AccuracyIsTheShareOfRightAnswers) {
  for (const Answers& a : classification()) {
    double right = 0;
    double all = 0;
    for (std::int64_t i = 0; i < a.count(); ++i) {
      all += a.weight(i);
      if (called(a, i) == real(a, i)) right += a.weight(i);
    }
    EXPECT_DOUBLE_EQ(result_of("accuracy", a).get<double>(), right / all);
  }
}

TEST(Metric, TheThresholdOfOneOutputCanBeChosen) {
  Answers a{.shape = {.width = 1},
            .rows = 4,
            .outputs = {0.2, 0.7, 0.4, 0.9},
            .dense = {0, 1, 0, 1},
            .weights = {},
            .ids = {}};
  EXPECT_EQ(measured<double>({{"type", "accuracy"}, {"threshold", 0.5}}, a, 4), 1.0);
  EXPECT_EQ(measured<double>("accuracy", a, 4), 0.5);
  a.dense = {-1, 1, 1, -1};  // as the playground has them
  a.outputs = {-0.1, 0.1, 2, -2};
  EXPECT_EQ(measured<double>("accuracy", a, 4), 1.0);
}

TEST(Metric, TopKCountsTheFirstOfEquals) {
  for (const Answers& a : classification()) {
    if (a.shape.width == 1) continue;
    for (std::int64_t k = 1; k <= a.shape.width; ++k) {
      double right = 0;
      double all = 0;
      for (std::int64_t i = 0; i < a.count(); ++i) {
        std::vector<std::int64_t> order(static_cast<std::size_t>(a.shape.width));
        std::iota(order.begin(), order.end(), 0);
        std::ranges::stable_sort(order,
                                 [&](std::int64_t x, std::int64_t y) { return a.output(i, x) > a.output(i, y); });
        order.resize(static_cast<std::size_t>(k));
        all += a.weight(i);
        if (std::ranges::count(order, real(a, i)) > 0) right += a.weight(i);
      }
      EXPECT_DOUBLE_EQ(result_of({{"type", "topK"}, {"k", k}}, a).get<double>(), right / all);
    }
    EXPECT_EQ(parse_metric({{"type", "topK"}, {"k", 2}}, a.shape)->name(), "top2");
    EXPECT_EQ(result_of({{"type", "topK"}, {"k", 1}}, a), result_of("accuracy", a));
  }
}

struct ExpectedScores {
  std::vector<double> precision, recall, f1, support;
  double micro_precision = 0, micro_recall = 0, micro_f1 = 0;
};

/// From the definitions, class by class.
ExpectedScores scores_of(const Answers& a) {
  ExpectedScores s;
  double hits_all = 0, called_all = 0, real_all = 0;
  for (std::int64_t c = a.shape.width == 1 ? 1 : 0; c < std::max<std::int64_t>(2, a.shape.width); ++c) {
    double hits = 0, called_so = 0, of_it = 0;
    for (std::int64_t i = 0; i < a.count(); ++i) {
      const bool is = real(a, i) == c;
      const bool said = called(a, i) == c;
      if (is && said) hits += a.weight(i);
      if (said) called_so += a.weight(i);
      if (is) of_it += a.weight(i);
    }
    const double p = called_so > 0 ? hits / called_so : 0;
    const double r = of_it > 0 ? hits / of_it : 0;
    s.precision.push_back(p);
    s.recall.push_back(r);
    s.f1.push_back(p + r > 0 ? 2 * p * r / (p + r) : 0);
    s.support.push_back(of_it);
    hits_all += hits;
    called_all += called_so;
    real_all += of_it;
  }
  s.micro_precision = hits_all / called_all;
  s.micro_recall = hits_all / real_all;
  s.micro_f1 = 2 * s.micro_precision * s.micro_recall / (s.micro_precision + s.micro_recall);
  return s;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
double weighted_mean(const std::vector<double>& values, const std::vector<double>& weights) {
  return std::inner_product(values.begin(), values.end(), weights.begin(), 0.0) /
         std::accumulate(weights.begin(), weights.end(), 0.0);
}
Json averaged(const char* type, const char* average) { return {{"type", type}, {"average", average}}; }

TEST(Metric, PrecisionRecallAndF1FollowTheirDefinitions) {
  for (const Answers& a : classification()) {
    const ExpectedScores s = scores_of(a);
    EXPECT_NEAR(result_of("precision", a).get<double>(), mean_of(s.precision), 1e-14);
    EXPECT_NEAR(result_of("recall", a).get<double>(), mean_of(s.recall), 1e-14);
    EXPECT_NEAR(result_of("f1", a).get<double>(), mean_of(s.f1), 1e-14);
    EXPECT_NEAR(result_of(averaged("f1", "weighted"), a).get<double>(), weighted_mean(s.f1, s.support), 1e-14);
    EXPECT_NEAR(result_of(averaged("precision", "micro"), a).get<double>(), s.micro_precision, 1e-14);
    EXPECT_NEAR(result_of(averaged("recall", "micro"), a).get<double>(), s.micro_recall, 1e-14);
    EXPECT_NEAR(result_of(averaged("f1", "micro"), a).get<double>(), s.micro_f1, 1e-14);
    const auto list = result_of(averaged("recall", "none"), a).get<std::vector<double>>();
    ASSERT_EQ(list.size(), s.recall.size());
    for (std::size_t c = 0; c < list.size(); ++c) EXPECT_NEAR(list[c], s.recall[c], 1e-14);
  }
}

TEST(Metric, AClassThatIsNeitherThereNorCalledIsNoneOfTheMean) {
  const Answers a{.shape = {.width = 3, .positions = 1, .ids = true},
                  .rows = 2,
                  .outputs = {2, 1, 0, 0, 1, 0},
                  .dense = {},
                  .weights = {},
                  .ids = {0, 0}};
  // Class 0: precision 1, recall 1/2. Class 1: called once, never there. Class 2: neither.
  EXPECT_EQ(result_of("precision", a), 0.5);
  EXPECT_EQ(result_of("recall", a), 0.25);
  EXPECT_EQ(result_of(averaged("recall", "none"), a), Json::array({0.5, 0.0, 0.0}));
}

TEST(Metric, TheConfusionMatrixCountsEveryPair) {
  for (const Answers& a : classification()) {
    const auto classes = static_cast<std::size_t>(std::max<std::int64_t>(2, a.shape.width));
    std::vector<std::vector<double>> expected(classes, std::vector<double>(classes));
    for (std::int64_t i = 0; i < a.count(); ++i) {
      expected[static_cast<std::size_t>(real(a, i))][static_cast<std::size_t>(called(a, i))] += a.weight(i);
    }
    EXPECT_EQ(result_of("confusionMatrix", a), Json(expected));
  }
}

TEST(Metric, RegressionMetricsFollowTheirDefinitions) {
  for (const bool weighted : {false, true}) {
    for (const MetricShape shape : {MetricShape{.width = 1}, MetricShape{.width = 3, .positions = 4}}) {
      const Answers a = drawn(shape, 30, weighted, "regression");
      double absolute = 0, square = 0, weight = 0, r2 = 0;
      for (std::int64_t j = 0; j < shape.width; ++j) {
        double mean = 0, all = 0;
        for (std::int64_t i = 0; i < a.count(); ++i) {
          mean += a.weight(i) * a.target(i, j);
          all += a.weight(i);
        }
        mean /= all;
        double error = 0, spread = 0;
        for (std::int64_t i = 0; i < a.count(); ++i) {
          const double e = a.output(i, j) - a.target(i, j);
          absolute += a.weight(i) * std::abs(e);
          error += a.weight(i) * e * e;
          spread += a.weight(i) * std::pow(a.target(i, j) - mean, 2);
        }
        square += error;
        weight += all;
        r2 += (1 - error / spread) / static_cast<double>(shape.width);
      }
      EXPECT_NEAR(result_of("mae", a).get<double>(), absolute / weight, 1e-14);
      EXPECT_NEAR(result_of("rmse", a).get<double>(), std::sqrt(square / weight), 1e-14);
      EXPECT_NEAR(result_of("r2", a).get<double>(), r2, 1e-12);
    }
  }
}

TEST(Metric, R2OfATargetThatNeverVaries) {
  Answers a{.shape = {.width = 1}, .rows = 2, .outputs = {3, 3}, .dense = {3, 3}, .weights = {}, .ids = {}};
  EXPECT_EQ(result_of("r2", a), 1.0);
  a.outputs = {3, 4};
  EXPECT_EQ(result_of("r2", a), 0.0);
}

TEST(Metric, R2DoesNotCancelFarFromZero) {
  Answers a{.shape = {.width = 1}, .rows = 1000, .outputs = {}, .dense = {}, .weights = {}, .ids = {}};
  for (int i = 0; i < 1000; ++i) {
    a.dense.push_back(1e9 + i % 2);
    a.outputs.push_back(1e9 + 0.5);
  }
  EXPECT_NEAR(measured<double>("r2", a, 10).get<double>(), 0, 1e-9);
}

TEST(Metric, PassesOverPadding) {
  const Answers a{.shape = {.width = 2, .positions = 3, .ids = true, .ignored = -100},
                  .rows = 1,
                  .outputs = {1, 0, 1, 0, 9, 0},
                  .dense = {},
                  .weights = {},
                  .ids = {0, 1, -100}};
  EXPECT_EQ(result_of("accuracy", a), 0.5);
  EXPECT_EQ(result_of("confusionMatrix", a), parse_json("[[1, 0], [1, 0]]", ""));
}

TEST(Metric, NothingSeenGivesNull) {
  for (const char* name : {"accuracy", "precision", "recall", "f1", "mae", "rmse", "r2"}) {
    EXPECT_TRUE(parse_metric(name, {.width = 3})->result().is_null()) << name;
  }
}

TEST(Metric, SaysWhichWayIsBetter) {
  EXPECT_EQ(parse_metric("accuracy", {.width = 3})->goal(), Goal::max);
  EXPECT_EQ(parse_metric("r2", {})->goal(), Goal::max);
  EXPECT_EQ(parse_metric("rmse", {})->goal(), Goal::min);
  EXPECT_EQ(parse_metric("mae", {})->goal(), Goal::min);
  EXPECT_EQ(parse_metric("confusionMatrix", {.width = 3})->goal(), Goal::none);
  EXPECT_EQ(parse_metric(averaged("f1", "none"), {.width = 3})->goal(), Goal::none);
}

TEST(Metric, RefusesBadDescriptions) {
  const MetricShape shape{.width = 3, .positions = 1, .ids = true};
  const auto unknown = error_of([&] { (void)parse_metrics({"accuracy", "acuracy"}, shape); });
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->code, ErrorCode::unknown_layer);
  EXPECT_EQ(unknown->path, "metrics[1]");
  EXPECT_EQ(unknown->hint.argument, "accuracy");
  const auto k = error_of([&] { (void)parse_metrics({{{"type", "topK"}, {"k", 4}}}, shape); });
  ASSERT_TRUE(k);
  EXPECT_EQ(k->code, ErrorCode::invalid_value);
  EXPECT_EQ(k->path, "metrics[0].k");
  EXPECT_EQ(k->expected, "<= 3");
  for (const char* name : {"mae", "rmse", "r2"}) {
    const auto dense = error_of([&] { (void)parse_metrics(Json::array({name}), shape); });
    ASSERT_TRUE(dense);
    EXPECT_EQ(dense->hint.key, "needs_dense_targets");
  }
  const auto twice = error_of([&] { (void)parse_metrics({"f1", {{"type", "f1"}, {"average", "micro"}}}, shape); });
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->hint.key, "duplicate_name");
  const auto many = error_of([] { (void)parse_metric("confusionMatrix", {.width = 5000}); });
  ASSERT_TRUE(many);
  EXPECT_EQ(many->code, ErrorCode::invalid_value);
  const auto list = error_of([&] { (void)parse_metrics("accuracy", shape); });
  ASSERT_TRUE(list);
  EXPECT_EQ(list->code, ErrorCode::type_mismatch);
}

TEST(Metric, EveryKindIsDescribedAndMade) {
  const Json list = describe_metrics();
  EXPECT_EQ(list.size(), 9U);
  for (const Json& kind : list) EXPECT_FALSE(parse_metric(kind.at("name"), {.width = 9})->name().empty());
}

}  // namespace
}  // namespace trainyard
