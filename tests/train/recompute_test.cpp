// Activations that are computed again: the same bits from less memory.
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "train/ledger.hpp"
#include "train/networks.hpp"

namespace trainyard {
namespace {

TEST(Recompute, GivesTheSameBits) {
  for (const Sort& sort : sorts_of_networks()) {
    const auto data = rows_for(sort, 20, true);
    const Json batch{{"batchSize", 8}};
    Json again = batch;
    again["recompute"] = true;
    const Trained kept = train_sort(sort, data, batch, 5);
    for (const int threads : {1, 2}) {
      const Trained repeated = train_sort(sort, data, again, 5, Precision::f32, threads);
      EXPECT_EQ(repeated.losses, kept.losses) << sort.name << threads;
      EXPECT_EQ(repeated.numbers, kept.numbers) << sort.name << threads;
      EXPECT_LE(repeated.activations, kept.activations) << sort.name;
    }
  }
}

TEST(Recompute, IsDoneWhereItSaves) {
  for (const Sort& sort : sorts_of_networks()) {
    if (sort.name != "cnn" && sort.name != "lstm" && sort.name != "gpt" && sort.name != "encoder") continue;
    const auto data = rows_for(sort, 8);
    const Trained kept = train_sort(sort, data, {{"batchSize", 8}}, 1);
    const Trained repeated = train_sort(sort, data, {{"batchSize", 8}, {"recompute", true}}, 1);
    EXPECT_GT(repeated.calls, kept.calls) << sort.name;
    EXPECT_LT(repeated.activations, kept.activations) << sort.name;
  }
}

TEST(Recompute, AndPiecesGoTogether) {
  for (const Sort& sort : sorts_of_networks()) {
    const auto data = rows_for(sort, 20);
    const Json pieces{{"batchSize", 8}, {"microBatchSize", 3}};
    Json both = pieces;
    both["recompute"] = true;
    const Trained kept = train_sort(sort, data, pieces, 4);
    const Trained repeated = train_sort(sort, data, both, 4);
    EXPECT_EQ(repeated.losses, kept.losses) << sort.name;
    EXPECT_EQ(repeated.numbers, kept.numbers) << sort.name;
  }
}

/// The bytes that a GPT of so many layers takes: width 128, 4 heads, context 128, 8 texts at once (benchmarks' W5).
double activations_of_gpt(int layers, bool recompute) {
  const std::string gpt = R"({"type":"gpt","vocab":65,"context":128,"heads":4,"dim":128,"tied":false,"layers":)";
  const Json description = parse_json(R"({"layers":[)" + gpt + std::to_string(layers) + "}]}", "model");
  const Json l = ledger(description, {{"input", {128}}, {"batchSize", 8}, {"recompute", recompute}});
  return l["bytes"]["activations"].get<double>();
}

double activations_of(const std::string& layers, const Json& input, int batch, bool recompute) {
  const Json l = ledger(parse_json("{\"layers\":[" + layers + "]}", "model"),
                        {{"input", input}, {"batchSize", batch}, {"recompute", recompute}});
  return l["bytes"]["activations"].get<double>();
}

TEST(Recompute, NeverTakesMore) {
  // Among them some whose parts outlive what is saved.
  const std::string linear = R"({"type":"linear","out":)";
  for (const int width : {8, 100, 128, 256, 1000}) {
    for (const int hidden : {1, 2, 3, 7, 12}) {
      std::string layers;
      for (int i = 0; i < hidden; ++i) layers += linear + std::to_string(width) + R"(},"relu",)";
      layers += linear + "10}";
      const double kept = activations_of(layers, {784}, 32, false);
      EXPECT_LE(activations_of(layers, {784}, 32, true), kept) << width << " " << hidden;
    }
  }
}

TEST(Recompute, SavesBesideALargeVocabularyToo) {
  for (const int vocab : {65, 2000, 5000, 8000, 50257}) {
    const std::string gpt = R"({"type":"gpt","context":64,"heads":4,"dim":64,"layers":12,"vocab":)";
    const std::string layers = gpt + std::to_string(vocab) + "}";
    const double kept = activations_of(layers, {64}, 8, false);
    const double repeated = activations_of(layers, {64}, 8, true);
    // The scores of the last layer stay, twice (with their softmax); of the rest two thirds go.
    const double scores = 2.0 * 8 * 64 * 4 * vocab;
    EXPECT_LT(repeated, std::max(kept / 3, 1.1 * scores)) << vocab << " " << kept;
  }
}

TEST(Recompute, HalvesTheActivationsOfTheGptAndMore) {
  const double kept = activations_of_gpt(4, false);
  const double repeated = activations_of_gpt(4, true);
  RecordProperty("kept", std::to_string(kept));
  RecordProperty("repeated", std::to_string(repeated));
  EXPECT_LE(repeated, 0.5 * kept);
  // What each further layer adds is what leads from block to block.
  EXPECT_LE(activations_of_gpt(16, true) - repeated, 0.2 * (activations_of_gpt(16, false) - kept));
}

TEST(Recompute, GrowsWithTheRootOfAPlainNetworksDepth) {
  const auto bytes = [](int depth, bool recompute) {
    Json layers = Json::array();
    for (int i = 0; i < depth; ++i) layers.insert(layers.end(), {Json{{"type", "linear"}, {"out", 32}}, Json("tanh")});
    const Json l =
        ledger({{"layers", layers}}, {{"input", {32}}, {"batchSize", 64}, {"loss", "mse"}, {"recompute", recompute}});
    return l["bytes"]["activations"].get<double>();
  };
  const double layer = 64 * 32 * 4;
  EXPECT_GE(bytes(100, false), 100 * layer);
  // 10 kept, 9 of a block, and a handful of gradients, inputs and targets.
  EXPECT_LE(bytes(100, true), 26 * layer);
}

TEST(Recompute, StaysAsARunWasMade) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  Trainer trainer(model, xor_points(20), nullptr, {{"steps", 9}, {"recompute", true}}, pool);
  const auto error = error_of([&] { trainer.set({{"recompute", false}}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::unknown_option);
}

}  // namespace
}  // namespace trainyard
