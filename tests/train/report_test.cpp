// What a model says of itself: its ledger, its graph and plan as text, and where a number went wrong.
#include "train/report.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "support/errors.hpp"
#include "train/diagnosis.hpp"
#include "train/models.hpp"
#include "train/options.hpp"

namespace trainyard {
namespace {

TEST(Summary, CountsWhatPyTorchCounts) {
  const Model model(parse_json(R"({"layers":[{"type":"conv2d","out":4,"kernel":3},"batchNorm2d","relu","flatten",
                                   {"type":"linear","out":10}]})",
                               "model"),
                    takes({1, 6, 6}));
  const Json summary = model.summary();
  EXPECT_EQ(summary["inputs"], Json({{"x", {1, 6, 6}}}));
  EXPECT_EQ(summary["outputs"], Json({{"output", Json::array({10})}}));
  EXPECT_EQ(summary["parameters"], 40 + 8 + 650);
  EXPECT_EQ(summary["trainable"], 40 + 8 + 650);
  // Weights and gradients, each parameter from a whole line of 64 bytes on; and running statistics.
  EXPECT_EQ(summary["bytes"], 2 * (192 + 64 + 64 + 64 + 2560 + 64) + 3 * 64);
  std::vector<std::string> formulas;
  for (const Json& layer : summary["layers"]) formulas.push_back(layer["formula"]);
  EXPECT_EQ(formulas, (std::vector<std::string>{"(3 × 3 × 1 + 1) × 4", "4 + 4", "", "", "(64 + 1) × 10"}));
  EXPECT_EQ(summary["layers"][1]["parameterNames"],
            Json({"1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"}));
  EXPECT_EQ(summary["layers"][3]["output"], Json::array({64}));
}

TEST(Options, ReadInputsWithTypesAndSeed) {
  const ModelOptions one = read_model_options(parse_json(R"({"input":[1,28,28],"seed":42})", "options"));
  ASSERT_EQ(one.inputs.size(), 1U);
  EXPECT_EQ(one.inputs[0].name, "x");
  EXPECT_EQ(one.inputs[0].shape, (Shape{1, 28, 28}));
  EXPECT_EQ(one.seed, 42U);
  const ModelOptions two =
      read_model_options(parse_json(R"({"inputs":{"a":[2],"b":{"shape":[3],"dtype":"i32"}}})", "options"));
  ASSERT_EQ(two.inputs.size(), 2U);
  EXPECT_EQ(two.inputs[1].name, "b");
  EXPECT_EQ(two.inputs[1].dtype, DType::i32);
}

TEST(Report, HoldsEveryStageAndEachAlone) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  const std::string text = report(model, Json::object(), pool);
  std::size_t at = 0;
  for (const char* heading : {"# as built\n", "# after fuse epilogue\n", "# plan\n"}) {
    const std::size_t found = text.find(heading, at);
    ASSERT_NE(found, std::string::npos) << heading << text;
    at = found;
  }
  const std::string built = report(model, {{"stage", "as built"}}, pool);
  const std::string plan = report(model, {{"stage", "plan"}}, pool);
  EXPECT_NE(built.find("tanh"), std::string::npos);
  EXPECT_EQ(built.find("# "), std::string::npos) << "one stage, without a heading";
  EXPECT_NE(text.find(plan), std::string::npos);
  EXPECT_EQ(report(model, {{"mode", "predict"}}, pool).find("softmax_cross_entropy"), std::string::npos);
  EXPECT_NE(built.find("softmax_cross_entropy"), std::string::npos);
  EXPECT_EQ(text.find("# after recompute\n"), std::string::npos);
  EXPECT_NE(report(model, {{"recompute", true}}, pool).find("# after recompute\n"), std::string::npos);
}

TEST(Report, ShowsHowASequenceLearns) {
  ThreadPool pool(1);
  const Json gpt{{{"type", "gpt"}, {"vocab", 5}, {"context", 4}, {"layers", 1}, {"heads", 1}, {"dim", 4}}};
  const Model model({{"layers", gpt}}, takes({4}));
  EXPECT_NE(report(model, Json::object(), pool).find("softmax_cross_entropy"), std::string::npos);
  EXPECT_NE(report(model, {{"recompute", true}}, pool).find("# after recompute\n"), std::string::npos);
}

TEST(Report, RefusesStagesAndSizesThatAreNot) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  const auto error = [&](const Json& options) {
    return error_of([&] { static_cast<void>(report(model, options, pool)); });
  };
  const auto stage = error({{"stage", "after fuse epilog"}});
  ASSERT_TRUE(stage);
  EXPECT_EQ(stage->code, ErrorCode::invalid_value);
  EXPECT_EQ(stage->path, "graphText.stage");
  EXPECT_EQ(stage->hint.argument, "after fuse epilogue");
  const auto mode = error({{"mode", "evaluate"}});
  ASSERT_TRUE(mode);
  EXPECT_EQ(mode->path, "graphText.mode");
  const auto huge = error({{"batchSize", 1e15}});
  ASSERT_TRUE(huge);
  EXPECT_EQ(huge->code, ErrorCode::out_of_memory);
}

/// Which place a run over these inputs names, after `spoil` changed the model.
template <class F>
std::string culprit(const std::vector<float>& x, F spoil) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  spoil(model);
  const std::unique_ptr<Loss> loss = parse_loss("mse");
  const Compiled c = compile(
      model, {.mode = Mode::inspect, .capacity = 2, .loss = loss.get(), .target = {.shape = {2}}, .fuse = false}, pool);
  std::copy(x.begin(), x.end(), c.executor->at<float>(c.inputs.front()));
  std::fill_n(c.executor->at<float>(c.target), 4, 0.5F);
  std::fill_n(c.executor->at<float>(c.seed), 2, 0.5F);
  c.executor->run(2, {});
  return first_not_finite(c, 2);
}

TEST(Diagnosis, NamesTheFirstPlaceThatIsNotFinite) {
  const std::vector<float> fine{1, 2, 3, 4};
  const auto nothing = [](Model&) {};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(culprit(fine, nothing), "");
  EXPECT_EQ(culprit({1, nan, 3, 4}, nothing), "x");
  EXPECT_EQ(culprit(fine, [&](Model& m) { m.write_one(m.find("2.weight"), 3, nan); }), "layers[2] linear");
  EXPECT_EQ(culprit(fine, [&](Model& m) { m.write_one(m.find("0.bias"), 0, INFINITY); }), "layers[0] linear");
  // Weights that are finite, and a product that is not.
  EXPECT_EQ(culprit({1e30F, 0, 0, 0}, [](Model& m) { m.write(m.find("0.weight"), std::vector<float>(16, 1e30F)); }),
            "layers[0] linear");
}

}  // namespace
}  // namespace trainyard
