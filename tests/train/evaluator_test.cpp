// Loss and metrics over a data set: weighed, in chunks, as often as wanted.
#include "train/evaluator.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/errors.hpp"
#include "train/evaluate.hpp"
#include "train/models.hpp"

namespace trainyard {
namespace {

/// A network that gives what it gets, so that the data say what comes out.
Model passes_on(const Shape& shape) { return Model(parse_json(R"({"layers":[]})", "model"), takes(shape)); }

/// Logits [n, 2] with class ids, and weights where there are any.
std::shared_ptr<const Dataset> logits(const std::vector<float>& x, const std::vector<std::int32_t>& y,
                                      const std::vector<float>& weights = {}) {
  DatasetParts parts;
  parts.rows = static_cast<Row>(y.size());
  parts.inputs.push_back(column("x", {2}, DType::f32, x));
  parts.targets.push_back(column("y", {}, DType::i32, y));
  if (!weights.empty()) parts.weights = Bytes::copy(std::as_bytes(std::span(weights)));
  return std::make_shared<const Dataset>(std::move(parts));
}

double cross_entropy(float right, float wrong) { return std::log1p(std::exp(static_cast<double>(wrong - right))); }

TEST(Evaluate, WeighsRowsInLossAndMetrics) {
  ThreadPool pool(1);
  const Model model = passes_on({2});
  const auto data = logits({2, 0, 1, 3, 0.5F, 0}, {0, 0, 1}, {1, 2, 5});
  const Json result = evaluate(model, data, {{"metrics", {"accuracy"}}}, pool);
  const double want = (1 * cross_entropy(2, 0) + 2 * cross_entropy(1, 3) + 5 * cross_entropy(0, 0.5F)) / 8;
  EXPECT_NEAR(result["loss"].get<double>(), want, 1e-6);
  EXPECT_NEAR(result["accuracy"].get<double>(), 1.0 / 8, 1e-6);
  EXPECT_EQ(result["rows"], 3);
}

TEST(Evaluate, ClassWeightsDivideByWhatOccurs) {
  ThreadPool pool(1);
  const Model model = passes_on({2});
  const Json loss{{"type", "crossEntropy"}, {"classWeights", {3, 1}}};
  const Json result = evaluate(model, logits({2, 0, 1, 3, 0.5F, 0}, {0, 0, 1}), {{"loss", loss}}, pool);
  const double want = (3 * cross_entropy(2, 0) + 3 * cross_entropy(1, 3) + cross_entropy(0, 0.5F)) / 7;
  EXPECT_NEAR(result["loss"].get<double>(), want, 1e-6);
}

TEST(Evaluate, PassesOverIgnoredLabels) {
  ThreadPool pool(1);
  const Model model = passes_on({2});
  const Json metrics{"accuracy", "confusionMatrix"};
  const Json some = evaluate(model, logits({2, 0, 1, 3, 0.5F, 0}, {0, -100, 1}), {{"metrics", metrics}}, pool);
  EXPECT_NEAR(some["loss"].get<double>(), (cross_entropy(2, 0) + cross_entropy(0, 0.5F)) / 2, 1e-6);
  EXPECT_EQ(some["accuracy"], 0.5);
  // Also an id beyond the classes, as masks of images have it.
  const Json loss{{"type", "crossEntropy"}, {"ignoreIndex", 255}};
  const Json beyond =
      evaluate(model, logits({2, 0, 1, 3, 0.5F, 0}, {0, 255, 1}), {{"loss", loss}, {"metrics", metrics}}, pool);
  EXPECT_EQ(beyond["loss"], some["loss"]);
  EXPECT_EQ(beyond["confusionMatrix"], some["confusionMatrix"]);
}

TEST(Evaluate, ALabelThatIsIgnoredMayBeAClass) {
  ThreadPool pool(1);
  const Model model = passes_on({2});
  const Json options{{"loss", {{"type", "crossEntropy"}, {"ignoreIndex", 0}}}, {"metrics", {"accuracy", "f1"}}};
  // The second answer is right and the first one wrong, which does not count.
  const Json result = evaluate(model, logits({0, 2, 1, 3}, {0, 1}), options, pool);
  EXPECT_NEAR(result["loss"].get<double>(), cross_entropy(3, 1), 1e-6);
  EXPECT_EQ(result["accuracy"], 1.0);
}

TEST(Evaluate, WhereNoLabelCountsThereIsNoLoss) {
  ThreadPool pool(1);
  const Model model = passes_on({2});
  const auto error =
      error_of([&] { static_cast<void>(evaluate(model, logits({2, 0, 1, 3}, {-100, -100}), Json::object(), pool)); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "INVALID_LABEL at y: expected [0, 2), got -100 (all_ignored)");
}

TEST(Evaluate, ManyChunksAreOneMean) {
  ThreadPool pool(2);
  const Model model = passes_on({2});
  std::vector<float> x, weights;
  std::vector<std::int32_t> y;
  double sum = 0, total = 0, right = 0;
  for (int i = 0; i < 700; ++i) {
    const float a = static_cast<float>(i % 13) / 4 - 1.5F;
    x.insert(x.end(), {a, 0.125F});
    y.push_back(i % 3 == 0 ? 1 : 0);
    weights.push_back(static_cast<float>(1 + i % 4));
    const double w = weights.back();
    sum += w * (y.back() == 0 ? cross_entropy(a, 0.125F) : cross_entropy(0.125F, a));
    right += w * ((a >= 0.125F) == (y.back() == 0) ? 1 : 0);
    total += w;
  }
  const std::unique_ptr<Loss> loss = parse_loss("crossEntropy");
  Evaluator evaluator(model, logits(x, y, weights), *loss, {"accuracy"}, "", pool);
  for (int again = 0; again < 2; ++again) {
    evaluator.start();
    int chunks = 1;
    while (evaluator.advance()) ++chunks;
    EXPECT_EQ(chunks, 3);
    const Json result = evaluator.result();
    EXPECT_NEAR(result["loss"].get<double>(), sum / total, 1e-5);
    EXPECT_NEAR(result["accuracy"].get<double>(), right / total, 1e-6);
    EXPECT_FALSE(evaluator.advance()) << "there is nothing left";
  }
}

TEST(Evaluate, TakesTheTargetThatIsNamed) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  const auto data = xor_points(50);
  const Json by_id = evaluate(model, data, Json::object(), pool);
  const Json by_share = evaluate(model, data, {{"target", "dense"}}, pool);
  EXPECT_NEAR(by_id["loss"].get<double>(), by_share["loss"].get<double>(), 1e-6);
}

TEST(Evaluate, RefusesWhatItCannotMeasure) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  const auto data = xor_points(20);
  struct Bad {
    std::shared_ptr<const Dataset> data;
    Json options;
    ErrorCode code;
    std::string path, got;
    std::string hint = {};
  };
  const auto points = std::make_shared<const Dataset>(inputs_of({2}, {1, 2}));
  const std::vector<Bad> cases{
      {data, {{"metric", "accuracy"}}, ErrorCode::unknown_option, "evaluate.metric", "metric", "metrics"},
      {data, {{"metrics", {"acuracy"}}}, ErrorCode::unknown_layer, "metrics[0]", "acuracy", "accuracy"},
      {data, {{"loss", "crossentropy"}}, ErrorCode::unknown_layer, "evaluate.loss", "crossentropy", "crossEntropy"},
      {data, {{"target", "z"}}, ErrorCode::missing_option, "data.targets", "z", "y"},
      {points, Json::object(), ErrorCode::missing_option, "data.targets", "", ""},
      {logits({0, 0, 1, 1}, {0, 2}), Json::object(), ErrorCode::invalid_label, "y[1]", "2"},
      {logits({0, 0, 1, 1}, {-1, 0}), Json::object(), ErrorCode::invalid_label, "y[0]", "-1"},
      {data, {{"loss", "mse"}}, ErrorCode::shape_mismatch, "target", "[*]"},
  };
  for (const Bad& bad : cases) {
    const auto error = error_of([&] { static_cast<void>(evaluate(model, bad.data, bad.options, pool)); });
    ASSERT_TRUE(error) << bad.options;
    EXPECT_EQ(name(error->code), name(bad.code)) << error->what();
    EXPECT_EQ(error->path, bad.path);
    EXPECT_EQ(error->got, bad.got) << bad.options;
    EXPECT_EQ(error->hint.argument, bad.hint) << bad.options;
  }
  EXPECT_GT(evaluate(model, data, Json::object(), pool)["loss"].get<double>(), 0) << "usable afterwards";
}

}  // namespace
}  // namespace trainyard
