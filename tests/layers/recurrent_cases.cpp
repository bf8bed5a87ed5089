// Layers over time: recurrent networks, 1-D convolution and pools.
#include "layers/layer_case.hpp"

namespace trainyard::testing_layers {
namespace {

constexpr auto missing = ErrorCode::missing_option;
constexpr auto shape = ErrorCode::shape_mismatch;
constexpr auto value = ErrorCode::invalid_value;

using Parameters = std::vector<std::pair<std::string, Sizes>>;

/// One layer's in one direction.
Parameters cells(const std::string& suffix, std::int64_t gates, std::int64_t in, std::int64_t hidden, bool bias) {
  const std::int64_t rows = gates * hidden;
  Parameters list{{"0.weight_ih" + suffix, {rows, in}}, {"0.weight_hh" + suffix, {rows, hidden}}};
  if (bias) {
    list.emplace_back("0.bias_ih" + suffix, Sizes{rows});
    list.emplace_back("0.bias_hh" + suffix, Sizes{rows});
  }
  return list;
}

Parameters operator+(Parameters a, const Parameters& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

LayerCase recurrent(const std::string& type, std::int64_t gates) {
  const std::string one = std::to_string(gates * 5);
  const std::string formula = "3 × " + one + " + (5 + 1) × " + one + " + " + one;
  const Json plain{{"type", type}, {"hidden", 5}};
  Json stacked = plain;
  stacked["layers"] = 2;
  stacked["bidirectional"] = true;
  stacked["bias"] = false;
  Json last = stacked;
  last["output"] = "last";
  const Parameters all = cells("_l0", gates, 3, 5, false) + cells("_l0_reverse", gates, 3, 5, false) +
                         cells("_l1", gates, 10, 5, false) + cells("_l1_reverse", gates, 10, 5, false);
  std::string sum = "3 × " + one + " + 5 × " + one + " + 3 × " + one + " + 5 × " + one;
  for (int i = 0; i < 2; ++i) sum += " + 10 × " + one + " + 5 × " + one;
  const auto with = [&](const char* option, const Json& given) {
    Json layer = plain;
    layer[option] = given;
    return layer;
  };
  const std::string path = "layers[0] " + type;
  return {.layer = type,
          .good = {{plain, {{4, 3}}, {4, 5}, cells("_l0", gates, 3, 5, true), formula},
                   {stacked, {{4, 3}, {}}, {4, 10}, all, sum},
                   {last, {{4, 3}}, {10}, all, sum}},
          .bad = {{type, {{4, 3}}, missing, path + ".hidden", ">= 1", ""},
                  {with("hidden", 0), {{4, 3}}, value, path + ".hidden", ">= 1", "0"},
                  {with("layers", 0), {{4, 3}}, value, path + ".layers", "[1, 1000]", "0"},
                  {with("dropout", 2), {{4, 3}}, value, path + ".dropout", "[0, 1]", "2"},
                  {with("output", "lasst"), {{4, 3}}, value, path + ".output", "sequence, last", "lasst", "last"},
                  {plain, {{3}}, shape, path, "[*, T, features]", "[*, 3]"},
                  {plain, {{2, 4, 3}}, shape, path, "[*, T, features]", "[*, 2, 4, 3]"},
                  {plain, {{4, 3}, {4}}, shape, "0 " + type, "[*]", "[*, 4]"}}};
}

const Declare rnn([] {
  LayerCase c = recurrent("rnn", 1);
  c.bad.push_back({{{"type", "rnn"}, {"hidden", 2}, {"nonlinearity", "gelu"}},
                   {{4, 3}},
                   value,
                   "layers[0] rnn.nonlinearity",
                   "tanh, relu",
                   "gelu",
                   "relu"});
  return c;
}());
const Declare lstm(recurrent("lstm", 4));
const Declare gru(recurrent("gru", 3));

const Declare lstm_text(
    {.layer = "lstmText",
     .good = {{{{"type", "lstmText"}, {"vocab", 7}, {"dim", 3}, {"hidden", 2}},
               {{4}},
               {4, 7},
               {{"0.embedding.weight", {7, 3}},
                {"0.lstm.weight_ih_l0", {8, 3}},
                {"0.lstm.weight_hh_l0", {8, 2}},
                {"0.lstm.bias_ih_l0", {8}},
                {"0.lstm.bias_hh_l0", {8}},
                {"0.head.weight", {7, 2}},
                {"0.head.bias", {7}}}}},
     .bad = {
         {{{"type", "lstmText"}, {"dim", 3}, {"hidden", 2}}, {{4}}, missing, "layers[0] lstmText.vocab", ">= 1", ""},
         {{{"type", "lstmText"}, {"vocab", 7}, {"dim", 0}, {"hidden", 2}},
          {{4}},
          value,
          "layers[0] lstmText.dim",
          ">= 1",
          "0"}}});

const Declare conv1d(
    {.layer = "conv1d",
     .good = {{{{"type", "conv1d"}, {"out", 4}, {"kernel", 3}},
               {{2, 9}},
               {4, 7},
               {{"0.weight", {4, 2, 3}}, {"0.bias", {4}}},
               "(3 × 2 + 1) × 4"},
              {{{"type", "conv1d"},
                {"out", 4},
                {"kernel", 3},
                {"stride", 2},
                {"padding", 2},
                {"dilation", 2},
                {"groups", 2},
                {"bias", false}},
               {{2, 9}},
               {4, 5},
               {{"0.weight", {4, 1, 3}}},
               "3 × 1 × 4"}},
     .bad = {{{{"type", "conv1d"}, {"out", 4}}, {{2, 9}}, missing, "layers[0] conv1d.kernel", "[1, 1048576]", ""},
             {{{"type", "conv1d"}, {"out", 4}, {"kernel", 3}},
              {{9}},
              shape,
              "layers[0] conv1d",
              "[*, channels, T]",
              "[*, 9]"},
             {{{"type", "conv1d"}, {"out", 4}, {"kernel", 5}, {"dilation", 3}, {"padding", 1}},
              {{2, 9}},
              shape,
              "layers[0] conv1d",
              "[*, 2, >= 11]",
              "[*, 2, 9]"},
             {{{"type", "conv1d"}, {"out", 6}, {"kernel", 3}, {"groups", 4}},
              {{4, 9}},
              value,
              "layers[0] conv1d.groups",
              "4 % groups = 0, 6 % groups = 0",
              "4",
              "1, 2"}}});

LayerCase pool(const std::string& type) {
  return {.layer = type,
          .good = {{{{"type", type}, {"kernel", 2}}, {{3, 9}}, {3, 4}},
                   {{{"type", type}, {"kernel", 3}, {"stride", 1}, {"padding", 1}}, {{3, 9}}, {3, 9}}},
          .bad = {{type, {{3, 9}}, missing, "layers[0] " + type + ".kernel", "[1, 1048576]", ""},
                  {{{"type", type}, {"kernel", 2}},
                   {{3, 9, 2}},
                   shape,
                   "layers[0] " + type,
                   "[*, channels, T]",
                   "[*, 3, 9, 2]"},
                  {{{"type", type}, {"kernel", 12}, {"padding", 1}},
                   {{3, 9}},
                   shape,
                   "layers[0] " + type,
                   "[*, 3, >= 10]",
                   "[*, 3, 9]"}}};
}
const Declare max_pool1d(pool("maxPool1d"));
const Declare avg_pool1d(pool("avgPool1d"));

}  // namespace
}  // namespace trainyard::testing_layers
