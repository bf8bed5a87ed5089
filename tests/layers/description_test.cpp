// Descriptions: what is read as a network, what layers may share, and what is refused, with its place.
#include "layers/description.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.hpp"
#include "io/state_dict.hpp"
#include "train/predictor.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

Model build(const std::string& text, std::vector<ModelInput> inputs = {{.name = "x", .shape = {3}}}) {
  return {parse_json(text, "model"), {.inputs = std::move(inputs), .seed = 1}};
}

std::string code_and_path(const std::string& text) {
  try {
    build(text);
  } catch (const Error& e) {
    return std::string(name(e.code)) + " " + e.path;
  }
  return "built";
}

TEST(Description, WhatIsNoNetworkIsRefusedWithItsPlace) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {R"({"nodes":[],"outputs":[]})", "INVALID_GRAPH outputs"},
      {R"({"nodes":[{"name":"a","type":"relu"}],"outputs":["a","a"]})", "INVALID_GRAPH outputs"},
      {R"({"nodes":[{"name":"a","type":"relu"}],"outputs":["b"]})", "INVALID_GRAPH outputs"},
      {R"({"nodes":[{"name":"","type":"relu"}]})", "INVALID_VALUE nodes[0].name"},
      {R"({"layers":[{"type":"linear","out":9007199254740992}]})", "INVALID_VALUE layers[0] linear"},
      {R"({"layers":[{"type":"linear","out":9223372036854775808}]})", "TYPE_MISMATCH layers[0] linear.out"},
      {R"({"layers":[{"type":"linear","out":3,"weightInit":"nrmal"}]})", "UNKNOWN_LAYER layers[0] linear.weightInit"},
      {R"({"layers":[{"type":"linear","out":3,"biasInit":"nrmal"}]})", "UNKNOWN_LAYER layers[0] linear.biasInit"},
      {R"({"layers":[{"type":"linear","out":3},{"type":"linear","out":3,"shares":"7"}]})",
       "INVALID_GRAPH layers[1] linear.shares"},
      {R"({"layers":[{"type":"linear","out":3,"shares":"0"}]})", "INVALID_GRAPH layers[0] linear.shares"},
      {R"({"layers":[{"type":"linear","out":3,"shares":0}]})", "TYPE_MISMATCH layers[0] linear.shares"},
      {R"({"layers":[{"type":"linear","out":3},{"type":"linear","out":4,"shares":"0"}]})",
       "PARAMETER_MISMATCH 0.weight"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(code_and_path(text), expected) << text;
}

/// Two branches with one set of weights; the second is built before the first.
constexpr const char* twins = R"({"nodes":[
  {"name":"a","type":"linear","out":2,"inputs":["l"]},
  {"name":"b","type":"linear","out":2,"inputs":["r"],"shares":"a"},
  {"name":"both","type":"add","inputs":["b","a"]}],"outputs":["both"]})";
const std::vector<ModelInput> two_inputs{{.name = "l", .shape = {3}}, {.name = "r", .shape = {3}}};

TEST(Description, LayersMayShareTheirParameters) {
  const Model model = build(twins, two_inputs);
  ASSERT_EQ(model.parameters().all().size(), 2U);
  EXPECT_EQ(model.summary()["parameters"], 8);
  EXPECT_EQ(model.find("a.weight"), model.find("b.weight"));
  EXPECT_EQ(model.find("a.bias"), model.find("b.bias"));
  // As without sharing: initial values follow from the name.
  const Model alone = build(R"({"nodes":[{"name":"a","type":"linear","out":2}]})");
  std::vector<float> shared(6);
  std::vector<float> own(6);
  model.read(model.find("b.weight"), std::span<float>(shared));
  alone.read(alone.find("a.weight"), std::span<float>(own));
  EXPECT_EQ(shared, own);
}

TEST(Description, AFileCarriesBothNamesOfWhatIsShared) {
  Model model = build(twins, two_inputs);
  const Bytes file = write_state_dict(model);
  const std::string text(reinterpret_cast<const char*>(file.data()), file.size());
  for (const char* name : {"a.weight", "a.bias", "b.weight", "b.bias"}) {
    EXPECT_NE(text.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(read_state_dict(model, file.span())["loaded"].size(), 4U);
}

TEST(Description, ANodeMayBeCalledAgain) {
  const Model model = build(R"({"nodes":[{"name":"a","type":"linear","out":3,"bias":false},
                                         {"name":"again","calls":"a","inputs":["a"]}]})");
  ASSERT_EQ(model.parameters().all().size(), 1U);
  EXPECT_EQ(model.parameters().all()[0].names, std::vector<std::string>{"a.weight"});
  EXPECT_EQ(model.summary()["layers"][1]["type"], "linear");
  EXPECT_EQ(code_and_path(R"({"nodes":[{"name":"a","type":"relu"},{"name":"b","calls":"c"}]})"),
            "INVALID_GRAPH nodes[1].calls");
  EXPECT_EQ(code_and_path(R"({"nodes":[{"name":"a","type":"relu"},{"name":"b","calls":"a","out":3}]})"),
            "UNKNOWN_OPTION nodes[1].out");
  EXPECT_EQ(code_and_path(R"({"nodes":[{"name":"a","calls":"a","inputs":["x"]}]})"), "INVALID_GRAPH nodes[0].calls");
}

TEST(Description, APartOfLayersSharesAsAWhole) {
  const Model model = build(R"({"layers":[
    {"type":"residual","layers":[{"type":"linear","out":3},{"type":"tanh"}]},
    {"type":"residual","layers":[{"type":"linear","out":3},{"type":"tanh"}],"shares":"0"}]})");
  EXPECT_EQ(model.parameters().all().size(), 2U);
  EXPECT_EQ(model.find("1.layers.0.weight"), model.find("0.layers.0.weight"));
}

}  // namespace
}  // namespace trainyard
