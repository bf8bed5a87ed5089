// The ledger against counts by hand, against models that are made, and for networks that no memory could hold.
#include "train/ledger.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "optimizers/optimizer.hpp"
#include "support/errors.hpp"
#include "train/compile.hpp"
#include "train/models.hpp"
#include "train/options.hpp"

namespace trainyard {
namespace {

Json layers(const char* list) { return parse_json("{\"layers\": " + std::string(list) + "}", "model"); }
Json of(const char* list, const char* options) { return ledger(layers(list), parse_json(options, "options")); }

TEST(Ledger, CountsByHand) {
  const Json l = ledger(two_layers(), parse_json(R"({"input": [2], "batchSize": 3})", "options"));
  EXPECT_EQ(l["parameters"], (2 + 1) * 8 + (8 + 1) * 2);
  EXPECT_EQ(l["trainable"], 42);
  EXPECT_EQ(l["multiplyAdds"], 2 * 8 + 8 * 2);
  EXPECT_FALSE(l.contains("multiplyAddsPerToken"));
  EXPECT_EQ(l["bytes"]["weights"], 4 * 42);
  EXPECT_EQ(l["bytes"]["gradients"], 4 * 42);
  EXPECT_EQ(l["bytes"]["optimizer"], 2 * 4 * 42);
  EXPECT_EQ(l["layers"].size(), 3U);
  EXPECT_EQ(l["layers"][2]["path"], "layers[2] linear");
  EXPECT_EQ(l["layers"][2]["formula"], "(8 + 1) × 2");
  EXPECT_EQ(l["layers"][2]["multiplyAdds"], 16);
  EXPECT_DOUBLE_EQ(l["layers"][2]["share"].get<double>(), 18.0 / 42);
  EXPECT_EQ(l["layers"][1]["parameters"], 0);
}

TEST(Ledger, OptimizersKeepWhatTheySay) {
  const auto kept = [](const char* optimizer) {
    return of(R"([{"type": "linear", "out": 10}])",
              (R"({"input": [9], "optimizer": )" + std::string(optimizer) + "}").c_str())["bytes"]["optimizer"];
  };
  EXPECT_EQ(kept(R"("sgd")"), 0);
  EXPECT_EQ(kept(R"({"type": "sgd", "momentum": 0.9})"), 4 * 100);
  EXPECT_EQ(kept(R"("adamw")"), 8 * 100);
}

TEST(Ledger, ProductsOfConvolutionsAndMatrices) {
  const Json conv = of(R"([{"type": "conv2d", "out": 4, "kernel": 3, "stride": 2, "padding": 1}, "batchNorm2d"])",
                       R"({"input": [6, 8, 10], "loss": "mse"})");
  EXPECT_EQ(conv["multiplyAdds"], (4 * 5) * 4 * (6 * 3 * 3));
  EXPECT_EQ(conv["parameters"], (6 * 9 + 1) * 4 + 8);
  EXPECT_EQ(conv["bytes"]["weights"], 4 * (228 + 8 + 1));  // running statistics and their count
  const Json grouped =
      of(R"([{"type": "conv2d", "out": 4, "kernel": 3, "groups": 2}])", R"({"input": [6, 8, 10], "loss": "mse"})");
  EXPECT_EQ(grouped["multiplyAdds"], (6 * 8) * 4 * (3 * 3 * 3));
  const Json tokens = of(R"([{"type": "linear", "out": 5}])", R"({"input": [7, 3]})");
  EXPECT_EQ(tokens["multiplyAdds"], 7 * 3 * 5);
  EXPECT_EQ(tokens["multiplyAddsPerToken"], 15);
  const Json ids =
      of(R"([{"type": "embedding", "vocab": 9, "dim": 3}, {"type": "linear", "out": 5}])", R"({"input": [7]})");
  EXPECT_EQ(ids["multiplyAddsPerToken"], 15) << "ids, whatever type was said";
  const Json product = ledger(
      parse_json(R"({"nodes": [{"name": "y", "type": "matmul", "inputs": ["a", "b"], "transposeB": true}]})", "model"),
      parse_json(R"({"inputs": {"a": [2, 3, 4], "b": [2, 5, 4]}})", "options"));
  EXPECT_EQ(product["multiplyAdds"], 2 * 3 * 5 * 4);
}

TEST(Ledger, WhatIsSharedCountsOnceAndPartsCountForThemselves) {
  const Json l = ledger(parse_json(R"({"nodes": [
      {"name": "a", "type": "linear", "out": 4},
      {"name": "b", "type": "linear", "out": 4, "shares": "a"},
      {"name": "c", "type": "sequential", "layers": [{"type": "linear", "out": 2, "bias": false}]}]})",
                                   "model"),
                        parse_json(R"({"input": [4]})", "options"));
  EXPECT_EQ(l["parameters"], 20 + 8);
  EXPECT_EQ(l["multiplyAdds"], 16 + 16 + 8);
  const Json& list = l["layers"];
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0]["formula"], "(4 + 1) × 4");
  EXPECT_EQ(list[1]["parameters"], 0);
  EXPECT_EQ(list[1]["formula"], "");
  EXPECT_EQ(list[1]["multiplyAdds"], 16);
  EXPECT_EQ(list[2]["parameters"], 0);
  EXPECT_EQ(list[3]["name"], "c.0");
  EXPECT_EQ(list[3]["parameters"], 8);
}

TEST(Ledger, AgreesWithTheModelThatIsMade) {
  struct Case {
    const char* layers;
    const char* options;
    const char* loss;
  };
  const std::vector<Case> cases{
      {R"([{"type": "linear", "out": 33}, "relu", {"type": "dropout", "p": 0.5}, {"type": "linear", "out": 3}])",
       R"({"input": [5]})", "crossEntropy"},
      {R"([{"type": "conv2d", "out": 4, "kernel": 3}, "batchNorm2d", "relu", {"type": "maxPool2d", "kernel": 2}, "flatten",
           {"type": "linear", "out": 3}])",
       R"({"input": [2, 9, 9]})", "crossEntropy"},
      {R"([{"type": "residual", "layers": [{"type": "linear", "out": 6}, "tanh"]}, "layerNorm"])",
       R"({"input": [4, 6]})", "mse"},
      {R"([{"type": "gpt", "vocab": 11, "context": 8, "layers": 2, "heads": 4, "kvHeads": 2, "dim": 16, "tied": false}])",
       R"({"input": [8]})", "crossEntropy"},
      {R"([{"type": "lstm", "hidden": 5, "layers": 2, "bidirectional": true}, {"type": "linear", "out": 4}])",
       R"({"input": [7, 3]})", "crossEntropy"},
      {R"([{"type": "transformerEncoderLayer", "heads": 3, "ff": 20}])", R"({"input": [5, 12]})", "mse"}};
  ThreadPool pool(1);
  for (const Case& c : cases) {
    const Json options = parse_json(c.options, "options");
    const Model model(layers(c.layers), read_model_options(options));
    for (const std::int64_t rows : {1, 17, -17}) {
      Json asked = options;
      asked["loss"] = c.loss;
      asked["batchSize"] = std::abs(rows);
      asked["recompute"] = rows < 0;
      const Json l = ledger(layers(c.layers), asked);
      const Json summary = model.summary();
      EXPECT_EQ(l["parameters"], summary["parameters"]) << c.layers;
      for (std::size_t i = 0; i < summary["layers"].size(); ++i) {
        EXPECT_EQ(l["layers"][i]["formula"], summary["layers"][i]["formula"]) << c.layers;
      }
      const auto loss = parse_loss(c.loss);
      CompileOptions purpose;
      purpose.mode = Mode::train;
      purpose.capacity = std::abs(rows);
      purpose.recompute = rows < 0;
      purpose.loss = loss.get();
      const Shape& out = model.outputs()[0].second.shape;
      purpose.target = {.shape = out};
      if (loss->classes(model.outputs()[0].second) > 0) {
        const auto dims = out.dims();
        purpose.target = {.shape = Shape(dims.first(dims.size() - 1)), .dtype = DType::i32};
      }
      const Compiled made = compile(model, purpose, pool);
      EXPECT_EQ(l["bytes"]["activations"], made.executor->plan().bytes[0]) << c.layers << rows;
    }
  }
}

TEST(Ledger, PiecesTakeAPiecesActivationsAndGradientsTwice) {
  const auto bytes = [](const char* options) { return ledger(two_layers(), parse_json(options, "options"))["bytes"]; };
  const Json whole = bytes(R"({"input": [2], "batchSize": 500})");
  const Json pieces = bytes(R"({"input": [2], "batchSize": 500, "microBatchSize": 50})");
  EXPECT_EQ(pieces["activations"], bytes(R"({"input": [2], "batchSize": 50})")["activations"]);
  EXPECT_LT(8 * pieces["activations"].get<double>(), whole["activations"].get<double>());
  EXPECT_EQ(pieces["gradients"], 2 * whole["gradients"].get<double>());
  EXPECT_EQ(bytes(R"({"input": [2], "batchSize": 500, "microBatchSize": 501})"), whole);
}

TEST(Ledger, NoNetworkIsTooLarge) {
  const Json l = of(R"([{"type": "linear", "out": 67108864, "bias": false}, {"type": "linear", "out": 67108864}])",
                    R"({"input": [4194304], "batchSize": 1000})");
  EXPECT_EQ(l["parameters"], std::int64_t{67108864} * 4194304 + std::int64_t{67108864} * 67108864 + 67108864);
  EXPECT_EQ(l["multiplyAdds"], std::int64_t{67108864} * 4194304 + std::int64_t{67108864} * 67108864);
  EXPECT_GE(l["bytes"]["activations"].get<double>(), 4000.0 * 67108864);
  const auto shape =
      error_of([] { (void)of(R"([{"type": "linear", "out": 9007199254740992}])", R"({"input": [2]})"); });
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->code, ErrorCode::invalid_value);
  const auto rows = error_of(
      [] { (void)of(R"([{"type": "linear", "out": 67108864}])", R"({"input": [2], "batchSize": 9007199254740992})"); });
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->code, ErrorCode::out_of_memory);
}

TEST(Ledger, RefusesWhatItDoesNotKnow) {
  const auto refused = [](const char* options) {
    const auto error = error_of([&] { (void)of(R"([{"type": "linear", "out": 2}])", options); });
    return error ? std::string(name(error->code)) + " " + error->path : "";
  };
  EXPECT_EQ(refused("{}"), "MISSING_OPTION input");
  EXPECT_EQ(refused(R"({"input": [2], "batch": 3})"), "UNKNOWN_OPTION ledger.batch");
  EXPECT_EQ(refused(R"({"input": [2], "batchSize": 0})"), "INVALID_VALUE ledger.batchSize");
  EXPECT_EQ(refused(R"({"input": [2], "microBatchSize": 0})"), "INVALID_VALUE ledger.microBatchSize");
  EXPECT_EQ(refused(R"({"input": [2], "recompute": "yes"})"), "TYPE_MISMATCH ledger.recompute");
  EXPECT_EQ(refused(R"({"input": [2], "optimizer": "adom"})"), "UNKNOWN_LAYER optimizer");
}

}  // namespace
}  // namespace trainyard
