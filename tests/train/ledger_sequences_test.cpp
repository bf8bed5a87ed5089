// The ledger of networks over sequences against counts by hand, the formula written out with its numbers.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "core/json.hpp"
#include "train/ledger.hpp"

namespace trainyard {
namespace {

void expect_counts(const std::string& description, const char* options, std::int64_t parameters,
                   std::int64_t multiply_adds) {
  const Json l = ledger(parse_json(description, "model"), parse_json(options, "options"));
  EXPECT_EQ(l["parameters"], parameters) << description;
  EXPECT_EQ(l["multiplyAdds"], multiply_adds) << description;
  EXPECT_EQ(l["bytes"]["weights"], 4 * parameters) << description;
  EXPECT_EQ(l["bytes"]["gradients"], 4 * parameters) << description;
  EXPECT_EQ(l["bytes"]["optimizer"], 8 * parameters) << description << ": Adam keeps two numbers each";
  // What layers are said to have and to cost is what the whole has and costs.
  std::int64_t sum = 0;
  std::int64_t products = 0;
  for (const Json& layer : l["layers"]) {
    sum += layer["parameters"].get<std::int64_t>();
    products += layer["multiplyAdds"].get<std::int64_t>();
  }
  EXPECT_EQ(sum, parameters) << description;
  EXPECT_EQ(products, multiply_adds) << description;
}

void expect_layer(const char* layer, const char* input, std::int64_t parameters, std::int64_t multiply_adds) {
  expect_counts("{\"layers\": [" + std::string(layer) + "]}", input, parameters, multiply_adds);
}

/// Queries, keys, values and the output: a product of C × C each; then a number for each pair, head and feature, once
/// for the scores and once for the values.
TEST(LedgerOfSequences, Attention) {
  const char* x = R"({"input": [5, 12]})";
  expect_layer(R"({"type": "multiHeadAttention", "heads": 3})", x, 4 * (12 * 12 + 12),
               5 * 4 * 12 * 12 + 2 * (5 * 5) * 12);
  expect_layer(R"({"type": "multiHeadAttention", "heads": 3, "causal": true})", x, 4 * (12 * 12 + 12),
               5 * 4 * 12 * 12 + 2 * (5 * 6 / 2) * 12);
  expect_layer(R"({"type": "multiHeadAttention", "heads": 4, "bias": false})", x, 4 * 12 * 12,
               5 * 4 * 12 * 12 + 2 * (5 * 5) * 12);
}

/// Six heads of two features share two heads of keys and values: those products are 12 × 4, the pairs are all heads'.
TEST(LedgerOfSequences, GroupedQueries) {
  const char* x = R"({"input": [5, 12]})";
  const std::int64_t weights = 12 * 12 + 12 * 4 + 12 * 4 + 12 * 12;
  expect_layer(R"({"type": "multiHeadAttention", "heads": 6, "kvHeads": 2})", x, weights + 12 + 4 + 4 + 12,
               5 * weights + 2 * (5 * 5) * 6 * 2);
  expect_layer(R"({"type": "multiHeadAttention", "heads": 6, "kvHeads": 2, "causal": true, "rope": true})", x,
               weights + 12 + 4 + 4 + 12, 5 * weights + 2 * (5 * 6 / 2) * 6 * 2);
}

/// Queries from 4 places, keys and values from 7.
TEST(LedgerOfSequences, AttentionToAMemory) {
  expect_counts(R"({"nodes": [{"name": "a", "type": "multiHeadAttention", "heads": 3, "inputs": ["x", "m"]}]})",
                R"({"inputs": {"x": [4, 12], "m": [7, 12]}})", 4 * (12 * 12 + 12),
                4 * 144 + 2 * 7 * 144 + 4 * 144 + 2 * (4 * 7) * 12);
}

TEST(LedgerOfSequences, TransformerBlocks) {
  const std::int64_t attention = 4 * (12 * 12 + 12);
  const std::int64_t inner = (12 + 1) * 20 + (20 + 1) * 12;
  const std::int64_t norm = 2 * 12;
  expect_layer(R"({"type": "transformerEncoderLayer", "heads": 3, "ff": 20})", R"({"input": [5, 12]})",
               attention + inner + 2 * norm, (5 * 4 * 144 + 2 * 25 * 12) + 5 * 2 * 12 * 20);
  expect_counts(
      R"({"nodes": [{"name": "d", "type": "transformerDecoderLayer", "heads": 3, "ff": 20, "inputs": ["x", "m"]}]})",
      R"({"inputs": {"x": [4, 12], "m": [7, 12]}})", 2 * attention + inner + 3 * norm,
      (4 * 4 * 144 + 2 * (4 * 5 / 2) * 12) + (4 * 144 + 2 * 7 * 144 + 4 * 144 + 2 * 28 * 12) + 4 * 2 * 12 * 20);
}

/// Every step: each of H × gates from I inputs and H states; two biases, as PyTorch's.
TEST(LedgerOfSequences, RecurrentNetworks) {
  const char* x = R"({"input": [7, 3]})";
  expect_layer(R"({"type": "rnn", "hidden": 5})", x, 5 * (3 + 5 + 2), 7 * 5 * (3 + 5));
  expect_layer(R"({"type": "gru", "hidden": 5})", x, 3 * 5 * (3 + 5 + 2), 7 * 3 * 5 * (3 + 5));
  expect_layer(R"({"type": "lstm", "hidden": 5})", x, 4 * 5 * (3 + 5 + 2), 7 * 4 * 5 * (3 + 5));
  expect_layer(R"({"type": "lstm", "hidden": 5, "bias": false, "output": "last"})", x, 4 * 5 * (3 + 5),
               7 * 4 * 5 * (3 + 5));
  // The second layer reads the five states of the first.
  expect_layer(R"({"type": "lstm", "hidden": 5, "layers": 2})", x, 4 * 5 * (3 + 5 + 2) + 4 * 5 * (5 + 5 + 2),
               7 * (4 * 5 * (3 + 5) + 4 * 5 * (5 + 5)));
  // Both directions, and above them the ten states of both.
  expect_layer(R"({"type": "gru", "hidden": 5, "layers": 2, "bidirectional": true})", x,
               2 * 3 * 5 * (3 + 5 + 2) + 2 * 3 * 5 * (10 + 5 + 2), 7 * (2 * 3 * 5 * (3 + 5) + 2 * 3 * 5 * (10 + 5)));
  expect_layer(R"({"type": "lstmText", "vocab": 11, "dim": 3, "hidden": 5})", R"({"input": [7]})",
               11 * 3 + 4 * 5 * (3 + 5 + 2) + (5 + 1) * 11, 7 * (4 * 5 * (3 + 5) + 5 * 11));
}

TEST(LedgerOfSequences, ConvolutionsOverTime) {
  // Of 9 steps, each second: 5. Each sums 3 steps of 2 channels.
  expect_layer(R"({"type": "conv1d", "out": 4, "kernel": 3, "stride": 2, "padding": 1})",
               R"({"input": [2, 9], "loss": "mse"})", (3 * 2 + 1) * 4, 5 * 4 * 3 * 2);
}

/// A block of GPT-2: 12 C² weights and 13 C biases and norms; places that no text of this length has cost nothing.
TEST(LedgerOfSequences, Gpt2) {
  expect_layer(R"({"type": "gpt", "vocab": 11, "context": 8, "layers": 2, "heads": 3, "dim": 12})", R"({"input": [6]})",
               11 * 12 + 8 * 12 + 2 * (12 * 144 + 13 * 12) + 2 * 12,
               2 * (6 * 12 * 144 + 2 * (6 * 7 / 2) * 12) + 6 * 12 * 11);
}

/// Four heads of four features share two of keys and values; three products of the inner width 24; no biases.
TEST(LedgerOfSequences, Llama) {
  const std::int64_t block = 16 * 16 + 2 * 16 * 8 + 16 * 16 + 3 * 16 * 24;
  expect_layer(R"({"type": "gpt", "vocab": 11, "context": 8, "layers": 2, "heads": 4, "kvHeads": 2, "dim": 16, "ff": 24,
                   "norm": "rmsNorm", "mlp": "swiglu", "position": "rope", "tied": false})",
               R"({"input": [8]})", 2 * 11 * 16 + 2 * (block + 2 * 16) + 16,
               2 * (8 * block + 2 * (8 * 9 / 2) * 16) + 8 * 16 * 11);
}

TEST(LedgerOfSequences, KnownModels) {
  const std::int64_t small = 50257 * 768 + 1024 * 768 + 12 * (12 * 768 * 768 + 13 * 768) + 2 * 768;
  EXPECT_EQ(small, 124'439'808);
  expect_layer(R"({"type": "gpt", "vocab": 50257, "context": 1024, "layers": 12, "heads": 12, "dim": 768})",
               R"({"input": [1024]})", small,
               1024 * (std::int64_t{12} * 12 * 768 * 768 + 768 * 50257) + 12 * (std::int64_t{1024} * 1025 * 768));
  const std::int64_t block = std::int64_t{4} * 4096 * 4096 + 3 * 4096 * 11008;
  const std::int64_t llama = 2 * 32000 * 4096 + 32 * (block + 2 * 4096) + 4096;
  EXPECT_EQ(llama, 6'738'415'616);
  expect_layer(R"({"type": "gpt", "vocab": 32000, "context": 2048, "layers": 32, "heads": 32, "dim": 4096, "ff": 11008,
                   "norm": "rmsNorm", "mlp": "swiglu", "position": "rope", "tied": false})",
               R"({"input": [2048]})", llama,
               2048 * (32 * block + 4096 * 32000) + 32 * (std::int64_t{2048} * 2049 * 4096));
  const std::int64_t width = 12288;
  const std::int64_t gpt3 = 50257 * width + 2048 * width + 96 * (12 * width * width + 13 * width) + 2 * width;
  EXPECT_EQ(gpt3, 174'604'259'328);
  expect_layer(R"({"type": "gpt", "vocab": 50257, "context": 2048, "layers": 96, "heads": 96, "dim": 12288})",
               R"({"input": [2048]})", gpt3,
               2048 * (96 * 12 * width * width + width * 50257) + 96 * (std::int64_t{2048} * 2049 * width));
}

}  // namespace
}  // namespace trainyard
