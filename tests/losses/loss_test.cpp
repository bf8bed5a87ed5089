// Every loss as the trainer takes it: its mean over a batch and the gradient by the output against PyTorch
// (golden/losses.json), and what it refuses.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <string>

#include "data/columns.hpp"
#include "golden/golden.hpp"
#include "losses/all.hpp"
#include "support/columns.hpp"
#include "support/errors.hpp"
#include "support/numbers.hpp"
#include "train/feed.hpp"

namespace trainyard {
namespace {

const Json& golden_cases() {
  static const Json file = golden::read_json(std::string(golden::folder) + "/losses.json");
  return file.at("cases");
}

/// A network that gives what it gets: its output is the data's input.
Model passes_on(const Shape& shape, Precision precision = Precision::f32) {
  return Model(Json{{"layers", Json::array()}}, {.inputs = {{.name = "x", .shape = shape}}, .precision = precision});
}

Dataset data_of(const Json& json) {
  DatasetParts parts;
  const golden::Tensor output = golden::read_tensor(json["output"]);
  parts.rows = static_cast<Row>(output.shape.front());
  parts.inputs.push_back(column_of("x", output));
  parts.targets.push_back(column_of("y", golden::read_tensor(json["target"])));
  if (json.contains("weights")) parts.weights = bytes_as<float>(golden::read_tensor(json["weights"]));
  return Dataset(std::move(parts));
}

class Losses : public testing::TestWithParam<std::size_t> {};

TEST_P(Losses, MeanAndGradientArePyTorchs) {
  const Json& json = golden_cases()[GetParam()];
  SCOPED_TRACE(json["loss"].dump());
  const Dataset data = data_of(json);
  const auto rows = static_cast<std::int64_t>(data.rows());
  const std::unique_ptr<Loss> loss = parse_loss(json["loss"]);
  std::vector<Row> all;
  for (Row r = 0; r < data.rows(); ++r) all.push_back(r);
  ThreadPool pool(1);
  for (const Precision precision : precisions()) {
    SCOPED_TRACE(precision == Precision::f64 ? "double" : "float");
    const Model model = passes_on(data.columns()[0].shape, precision);
    Feed feed(model, data);
    feed.need_target();
    feed.check_target(*loss, model.outputs().front().second);
    const Compiled c = compile(model,
                               {.mode = Mode::inspect,
                                .capacity = rows + 3,
                                .loss = loss.get(),
                                .target = feed.target_type(),
                                .input_gradients = true},
                               pool);
    feed.gather(all, c);
    std::vector<double> weights(all.size());
    const double divisor = feed.seed(all, c, *loss, weights);
    c.executor->run(rows, {});
    const double mean = json["mean"].get<double>();
    EXPECT_NEAR(mean_loss(c, weights, divisor), mean, tolerance(precision) * std::max(1.0, std::abs(mean)));
    expect_close(numbers_of(c, c.gradients[c.inputs.front().index()], rows),
                 golden::read_tensor(json["gradient"]).values, tolerance(precision), 1e-2, "gradient");
  }
}

/// The loss of one row of outputs, in float.
double loss_of(const Json& description, const std::vector<float>& outputs, Column target) {
  DatasetParts parts;
  parts.rows = 1;
  const Shape shape{static_cast<std::int64_t>(outputs.size())};
  parts.inputs.push_back(column("x", shape, outputs));
  parts.targets.push_back(std::move(target));
  const Dataset data(std::move(parts));
  const Model model = passes_on(shape);
  Feed feed(model, data);
  feed.need_target();
  const std::unique_ptr<Loss> loss = parse_loss(description);
  ThreadPool pool(1);
  const Compiled c = compile(model, {.mode = Mode::evaluate, .loss = loss.get(), .target = feed.target_type()}, pool);
  const std::array<Row, 1> row{0};
  feed.gather(row, c);
  std::array<double, 1> weights{};
  const double divisor = feed.seed(row, c, *loss, weights);
  c.executor->run(1, {});
  return mean_loss(c, weights, divisor);
}

TEST(LossDigits, CrossEntropyOfLargeOutputs) {
  const auto of_first = [](float a, float b) {
    return loss_of("crossEntropy", {a, b}, column("y", {}, std::vector<std::int32_t>{0}));
  };
  const auto soft = [](float a, float b) {
    return loss_of("crossEntropy", {a, b}, column("y", {2}, std::vector<float>{1, 0}));
  };
  for (const auto& [a, b] :
       {std::pair{1000.0F, 999.0F}, {1e4F, 9999.5F}, {1e8F, 1e8F}, {52.0F, 40.0F}, {-3.0F, 40.0F}}) {
    const double exact = std::log1p(std::exp(static_cast<double>(b) - static_cast<double>(a)));
    EXPECT_NEAR(of_first(a, b), exact, 1e-6 * exact + 1e-7) << a << " " << b;
    EXPECT_NEAR(soft(a, b), exact, 1e-6 * exact + 1e-7) << a << " " << b;
  }
}

TEST(LossDigits, BinaryCrossEntropyOfWhatIsFittedWell) {
  const auto of = [](const Json& loss, float z, float t) {
    return loss_of(loss, {z}, column("y", {1}, std::vector<float>{t}));
  };
  for (const float z : {2.0F, 12.0F, 15.0F, 30.0F, 80.0F}) {
    const double exact = std::log1p(std::exp(-static_cast<double>(z)));
    EXPECT_NEAR(of("bceWithLogits", z, 1), exact, 1e-5 * exact) << z;
    EXPECT_NEAR(of("bceWithLogits", -z, 0), exact, 1e-5 * exact) << z;
    const Json weighted{{"type", "bceWithLogits"}, {"posWeight", {3}}};
    EXPECT_NEAR(of(weighted, z, 1), 3 * exact, 3e-5 * exact) << z;
    EXPECT_NEAR(of(weighted, -z, 0), exact, 1e-5 * exact) << z;
    EXPECT_NEAR(of(weighted, -z, 0.25F), 0.75 * exact + 0.75 * (static_cast<double>(z) + exact), 1e-5 * z) << z;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Losses, testing::Range(std::size_t{0}, golden_cases().size()), [](const auto& i) {
  return golden_cases()[i.param]["loss"]["type"].template get<std::string>() + "_" + std::to_string(i.param);
});

TEST(LossCompleteness, EveryLossIsComparedWithPyTorch) {
  std::set<std::string> golden_names;
  for (const Json& json : golden_cases()) golden_names.insert(json["loss"]["type"]);
  for (const Json& kind : describe_losses()) {
    EXPECT_TRUE(golden_names.erase(kind["name"]) == 1) << kind["name"] << ": not in golden/losses.py";
  }
  EXPECT_TRUE(golden_names.empty()) << *golden_names.begin() << ": not a loss any more";
}

TEST(BadLosses, OptionsAndNames) {
  struct Bad {
    Json loss;
    ErrorCode code;
    std::string path, expected, got;
    std::string hint = {};
  };
  const std::vector<Bad> cases{
      {"crossEntropi", ErrorCode::unknown_layer, "loss", "crossEntropy, bceWithLogits, mse, mae, huber", "crossEntropi",
       "crossEntropy"},
      {7, ErrorCode::type_mismatch, "loss", "name | { type, … }", "7"},
      {Json::object(), ErrorCode::missing_option, "loss.type", "", ""},
      {{{"type", "crossEntropy"}, {"labelSmoothing", 1.5}},
       ErrorCode::invalid_value,
       "loss.labelSmoothing",
       "[0, 1]",
       "1.5"},
      {{{"type", "crossEntropy"}, {"labelsmoothing", 0.1}},
       ErrorCode::unknown_option,
       "loss.labelsmoothing",
       "labelSmoothing, classWeights, ignoreIndex",
       "labelsmoothing",
       "labelSmoothing"},
      {{{"type", "crossEntropy"}, {"classWeights", {1, -1}}},
       ErrorCode::invalid_value,
       "loss.classWeights",
       ">= 0",
       "-1"},
      {{{"type", "crossEntropy"}, {"classWeights", 2}}, ErrorCode::type_mismatch, "loss.classWeights", "numbers", "2"},
      {{{"type", "bceWithLogits"}, {"posWeight", {0}}}, ErrorCode::invalid_value, "loss.posWeight", "> 0", "0"},
      {{{"type", "huber"}, {"delta", 0}}, ErrorCode::invalid_value, "loss.delta", "> 0", "0"},
      {{{"type", "mse"}, {"delta", 1}}, ErrorCode::unknown_option, "loss.delta", "", "delta"},
  };
  for (const Bad& bad : cases) {
    const auto error = error_of([&] { static_cast<void>(parse_loss(bad.loss)); });
    ASSERT_TRUE(error) << bad.loss;
    EXPECT_EQ(name(error->code), name(bad.code)) << bad.loss;
    EXPECT_EQ(error->path, bad.path) << bad.loss;
    EXPECT_EQ(error->expected, bad.expected) << bad.loss;
    EXPECT_EQ(error->got, bad.got) << bad.loss;
    EXPECT_EQ(error->hint.argument, bad.hint) << bad.loss;
  }
}

/// The error of making a plan that has this loss between such an output and such targets.
std::optional<Error> error_between(const Json& loss, const Shape& output, const ValueType& data) {
  const Model model = passes_on(output);
  const std::unique_ptr<Loss> parsed = parse_loss(loss);
  ThreadPool pool(1);
  return error_of(
      [&] { static_cast<void>(compile(model, {.mode = Mode::evaluate, .loss = parsed.get(), .target = data}, pool)); });
}

TEST(BadLosses, TargetsThatDoNotFitTheOutput) {
  const ValueType id{.shape = {}, .dtype = DType::i32};
  const auto two = error_between("crossEntropy", {5}, {.shape = {2}, .dtype = DType::i32});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->code, ErrorCode::shape_mismatch);
  EXPECT_EQ(two->path, "target");
  EXPECT_EQ(two->expected, "[*] | [*, 5]");
  EXPECT_EQ(two->got, "[*, 2]");
  const auto dense = error_between("crossEntropy", {5}, {.shape = {4}});
  ASSERT_TRUE(dense);
  EXPECT_EQ(dense->path, "target");
  for (const char* loss : {"mse", "mae", "huber", "bceWithLogits"}) {
    const auto error = error_between(loss, {3}, {.shape = {4}});
    ASSERT_TRUE(error) << loss;
    EXPECT_EQ(error->code, ErrorCode::shape_mismatch);
    EXPECT_EQ(error->path, "target");
    EXPECT_EQ(error->expected, "[*, 3]");
    EXPECT_EQ(error->got, "[*, 4]");
    EXPECT_FALSE(error_between(loss, {1}, {.shape = {}})) << loss << ": [*] and [*, 1] are the same numbers";
  }
  const auto weights = error_between({{"type", "crossEntropy"}, {"classWeights", {1, 2}}}, {5}, id);
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->path, "loss.classWeights");
  EXPECT_EQ(weights->expected, "5");
  EXPECT_EQ(weights->got, "2");
  const auto positive = error_between({{"type", "bceWithLogits"}, {"posWeight", {1, 2}}}, {3}, {.shape = {3}});
  ASSERT_TRUE(positive);
  EXPECT_EQ(positive->path, "loss.posWeight");
  EXPECT_EQ(positive->expected, "3");
}

}  // namespace
}  // namespace trainyard
