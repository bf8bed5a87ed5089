// Descriptions that are no network: each is refused with its code and place, before anything is allocated.
#include <gtest/gtest.h>

#include "core/suggest.hpp"
#include "layers/all.hpp"
#include "layers/layer_case.hpp"
#include "support/errors.hpp"
#include "train/options.hpp"

namespace trainyard::testing_layers {
namespace {

struct Wrong {
  std::string description;
  ErrorCode code;
  std::string path, expected, got;
  std::string hint = {};      ///< its key
  std::string argument = {};  ///< of the hint
};

std::optional<Error> error_in(const Json& description) {
  return error_of([&] { const Model model(description, {.inputs = {{.name = "x", .shape = {4}}}}); });
}

void expect_refused(const std::vector<Wrong>& cases) {
  for (const Wrong& c : cases) {
    const auto error = error_in(parse_json(c.description, "model"));
    ASSERT_TRUE(error) << c.description;
    EXPECT_EQ(name(error->code), name(c.code)) << c.description;
    EXPECT_EQ(error->path, c.path) << c.description;
    EXPECT_EQ(error->expected, c.expected) << c.description;
    EXPECT_EQ(error->got, c.got) << c.description;
    EXPECT_EQ(error->hint.key, c.hint) << c.description;
    EXPECT_EQ(error->hint.argument, c.argument) << c.description;
  }
}

TEST(BadDescriptions, OfWhatANetworkIs) {
  constexpr auto type = ErrorCode::type_mismatch;
  expect_refused({
      {"7", type, "model", "object", "7"},
      {"[]", type, "model", "object", "[]"},
      {"null", type, "model", "object", "null"},
      {"{}", ErrorCode::missing_option, "model", "layers | nodes", ""},
      {R"({"layers":[],"nodes":[]})", ErrorCode::missing_option, "model", "layers | nodes", ""},
      {R"({"layers":{}})", type, "layers", "[…]", "{}"},
      {R"({"layers":"relu"})", type, "layers", "[…]", "relu"},
      {R"({"nodes":{}})", type, "nodes", "[…]", "{}"},
      {R"({"nodes":[]})", ErrorCode::invalid_graph, "outputs", "[name, …]", "[]"},
      {R"({"nodes":["relu"]})", type, "nodes[0]", "object", "relu"},
      {R"({"layer":[]})", ErrorCode::unknown_option, "model.layer", "layers, nodes, outputs, trainyard", "layer",
       "did_you_mean", "layers"},
      {R"({"trainyard":2,"layers":[]})", ErrorCode::invalid_value, "trainyard", "1", "2", "newer_version"},
      {R"({"trainyard":"1","layers":[]})", ErrorCode::invalid_value, "trainyard", "1", "1", "newer_version"},
      {R"({"layers":[],"__proto__":{"polluted":true}})", ErrorCode::unknown_option, "model.__proto__",
       "layers, nodes, outputs, trainyard", "__proto__"},
  });
}

TEST(BadDescriptions, OfLayers) {
  constexpr auto type = ErrorCode::type_mismatch;
  expect_refused({
      {R"({"layers":[null]})", type, "layers[0]", "name | { type, … }", "null"},
      {R"({"layers":[["relu"]]})", type, "layers[0]", "name | { type, … }", R"(["relu"])"},
      {R"({"layers":[{}]})", ErrorCode::missing_option, "layers[0].type", "", ""},
      {R"({"layers":[{"type":7}]})", type, "layers[0].type", "string", "7"},
      {R"({"layers":["relu",{"type":"linear","out":3,"__proto__":{}}]})", ErrorCode::unknown_option,
       "layers[1] linear.__proto__", "out, bias, weightInit, biasInit", "__proto__"},
      {R"({"layers":[{"type":"linear","out":3,"constructor":1}]})", ErrorCode::unknown_option,
       "layers[0] linear.constructor", "out, bias, weightInit, biasInit", "constructor"},
      {R"({"layers":[{"type":"linear","out":"3"}]})", type, "layers[0] linear.out", "integer", "3"},
      {R"({"layers":[{"type":"linear","out":[3]}]})", type, "layers[0] linear.out", "integer", "[3]"},
      {R"({"layers":[{"type":"linear","out":true}]})", type, "layers[0] linear.out", "integer", "true"},
      {R"({"layers":[{"type":"linear","out":3},{"type":"batchNorm2d"}]})", ErrorCode::shape_mismatch,
       "layers[1] batchNorm2d", "[*, channels, height, width]", "[*, 3]"},
  });
}

TEST(BadDescriptions, UnknownLayersWithTheNearestName) {
  for (const auto& [wrong, near] : {std::pair{"liner", "linear"},
                                    {"Linear", "linear"},
                                    {"conv2D", "conv2d"},
                                    {"ReLU", "relu"},
                                    {"batchnorm2d", "batchNorm2d"},
                                    {"dropuot", "dropout"}}) {
    const auto error = error_in({{"layers", Json::array({"relu", wrong})}});
    ASSERT_TRUE(error) << wrong;
    EXPECT_EQ(error->code, ErrorCode::unknown_layer);
    EXPECT_EQ(error->path, "layers[1]");
    EXPECT_EQ(error->got, wrong);
    EXPECT_EQ(error->hint.key, "did_you_mean");
    EXPECT_EQ(error->hint.argument, near) << wrong;
  }
  const auto far = error_in({{"layers", Json::array({"transformer-xl-block"})}});
  ASSERT_TRUE(far);
  EXPECT_EQ(far->hint.argument, "") << "no name is near: none is offered";
}

TEST(BadDescriptions, OfGraphs) {
  constexpr auto graph = ErrorCode::invalid_graph;
  expect_refused({
      // a cycle, of two and of one
      {R"({"nodes":[{"name":"a","type":"relu","inputs":["b"]},{"name":"b","type":"relu","inputs":["a"]}]})", graph,
       "nodes[0].inputs", "", "b", "cycle", "a"},
      {R"({"nodes":[{"name":"a","type":"add","inputs":["x","a"]}]})", graph, "nodes[0].inputs", "", "a", "cycle", "a"},
      // an edge from nowhere
      {R"({"nodes":[{"name":"a","type":"relu","inputs":["y"]}]})", graph, "a.inputs", "x, a", "y", "did_you_mean", "x"},
      {R"({"nodes":[{"name":"a","type":"relu"}],"outputs":["A"]})", graph, "outputs", "x, a", "A", "did_you_mean", "a"},
      // names
      {R"({"nodes":[{"name":"a","type":"relu"},{"name":"a","type":"tanh"}]})", graph, "nodes[1].name", "", "a",
       "name_taken", "a"},
      {R"({"nodes":[{"name":"x","type":"relu"}]})", graph, "nodes[0].name", "", "x", "name_taken", "x"},
      {R"({"nodes":[{"name":"1","type":"relu"},{"type":"relu"}]})", graph, "nodes[1].name", "", "1", "name_taken", "1"},
      {R"({"nodes":[{"name":7,"type":"relu"}]})", ErrorCode::type_mismatch, "nodes[0].name", "name", "7"},
      {R"({"nodes":[{"name":"","type":"relu"}]})", ErrorCode::invalid_value, "nodes[0].name", "a-z A-Z 0-9 _ …", ""},
      {R"({"nodes":[{"name":"a","type":"sequential","layers":[{"type":"relu"}]},{"name":"a.0","type":"relu"}]})", graph,
       "a.0 relu", "", "a.0", "name_taken", "a.0"},
      // ends
      {R"({"nodes":[{"name":"a","type":"relu"},{"name":"b","type":"tanh","inputs":["x"]}],"outputs":["a"]})", graph,
       "nodes[1]", "", "b", "unused_node", "b"},
      {R"({"nodes":[{"name":"a","type":"relu"}],"outputs":[]})", graph, "outputs", "[name, …]", "[]"},
      {R"({"nodes":[{"name":"a","type":"relu"}],"outputs":"a"})", ErrorCode::type_mismatch, "outputs", "[name, …]",
       "a"},
      {R"({"nodes":[{"name":"a","type":"relu","inputs":"x"}]})", ErrorCode::type_mismatch, "nodes[0].inputs",
       "[name, …]", "x"},
      {R"({"nodes":[{"name":"a","type":"relu","inputs":[1]}]})", ErrorCode::type_mismatch, "nodes[0].inputs", "name",
       "1"},
      {R"({"nodes":[{"name":"a","type":"relu","inputs":["x","x"]}]})", graph, "a relu.inputs", "1", "2"},
      {R"({"nodes":[{"name":"a","type":"add","inputs":["x"]}]})", graph, "a add.inputs", "2 … 1000", "1"},
      {R"({"nodes":[{"name":"a","type":"nope"}]})", ErrorCode::unknown_layer, "a", list_text(kind_names(layers::all())),
       "nope"},
  });
}

TEST(BadDescriptions, SequencesTakeOneInput) {
  const auto error = error_of([] {
    const Model model({{"layers", Json::array({"relu"})}},
                      {.inputs = {{.name = "a", .shape = {2}}, {.name = "b", .shape = {2}}}});
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::invalid_graph);
  EXPECT_EQ(error->path, "inputs");
  EXPECT_EQ(error->hint.key, "use_nodes");
}

TEST(BadDescriptions, ThatAreTooLargeOrTooDeep) {
  Json many = Json::array();
  for (int i = 0; i <= 100'000; ++i) many.push_back("relu");
  const auto layers = error_in({{"layers", many}});
  ASSERT_TRUE(layers);
  EXPECT_EQ(layers->code, ErrorCode::invalid_graph);
  EXPECT_EQ(layers->path, "layers[100000] relu");
  EXPECT_EQ(layers->expected, "<= 100000");

  Json nodes = Json::array();
  for (int i = 0; i <= 100'000; ++i) nodes.push_back({{"type", "relu"}});
  const auto graph = error_in({{"nodes", nodes}});
  ASSERT_TRUE(graph);
  EXPECT_EQ(graph->path, "nodes");
  EXPECT_EQ(graph->got, "100001");

  Json deep = "relu";
  for (int i = 0; i < 100; ++i) deep = {{"type", "sequential"}, {"layers", Json::array({deep})}};
  const auto nested = error_in({{"layers", Json::array({deep})}});
  ASSERT_TRUE(nested);
  EXPECT_EQ(nested->code, ErrorCode::invalid_graph);
  EXPECT_EQ(nested->expected, "<= 64 levels");

  std::string text;
  for (int i = 0; i < 100; ++i) text += R"({"type":"sequential","layers":[)";
  const auto parsed = error_of([&] { static_cast<void>(parse_json(text, "model")); });
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->code, ErrorCode::bad_file);
  EXPECT_EQ(parsed->expected, "<= 64 levels");
}

/// A long chain is neither deep for the stack nor slow to look through, in whatever order its nodes come.
TEST(Descriptions, MayBeLong) {
  constexpr int count = 20'000;
  Json nodes = Json::array();
  for (int i = count; i > 0; --i) {
    const std::string before = i == 1 ? "x" : "n" + std::to_string(i - 1);
    nodes.push_back({{"name", "n" + std::to_string(i)}, {"type", "linear"}, {"out", 1}, {"inputs", {before}}});
  }
  const Model model({{"nodes", nodes}, {"outputs", {"n" + std::to_string(count)}}},
                    {.inputs = {{.name = "x", .shape = {1}}}});
  EXPECT_EQ(model.parameters().all().size(), 2U * count);
}

TEST(BadModels, ThatCannotFitMemorySayTheBytesBeforeAllocating) {
  struct Huge {
    std::string layers, got;
  };
  const std::vector<Huge> cases{
      // (2^40 + 1) × 2^10 parameters and their gradients, 4 bytes each
      {R"({"type":"linear","out":1024},{"type":"linear","out":1099511627776})", "9015995347804160 B"},
      {R"({"type":"linear","out":2251799813685246})", "90071992547409840 B"},
  };
  for (const Huge& c : cases) {
    const auto error = error_in(parse_json(R"({"layers":[)" + c.layers + "]}", "model"));
    ASSERT_TRUE(error) << c.layers;
    EXPECT_EQ(error->code, ErrorCode::out_of_memory);
    EXPECT_EQ(error->path, "model");
    EXPECT_EQ(error->got, c.got);
  }
  // 2,000 layers of 2^53 numbers: their sum does not fit 64 bits.
  Json layers = Json::array();
  for (int i = 0; i < 2'000; ++i) {
    layers.push_back({{"type", "linear"}, {"out", i % 2 == 0 ? 2251799813685247 : 4}, {"bias", false}});
  }
  const auto error = error_in({{"layers", layers}});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::out_of_memory);
}

TEST(BadModelOptions, EachWithItsPlace) {
  struct Bad {
    std::string options;
    ErrorCode code;
    std::string path, expected, got;
  };
  const std::vector<Bad> cases{
      {"{}", ErrorCode::missing_option, "input", "[…]", ""},
      {R"({"input":[0]})", ErrorCode::invalid_value, "input.shape", ">= 1", "0"},
      {R"({"input":[-1]})", ErrorCode::invalid_value, "input.shape", ">= 1", "-1"},
      {R"({"input":[1.5]})", ErrorCode::type_mismatch, "input.shape", "integer", "1.5"},
      {R"({"input":["3"]})", ErrorCode::type_mismatch, "input.shape", "integer", "3"},
      {R"({"input":[null]})", ErrorCode::type_mismatch, "input.shape", "integer", "null"},
      {R"({"input":[1e300]})", ErrorCode::type_mismatch, "input.shape", "integer", "1e+300"},
      {R"({"input":[18446744073709551615]})", ErrorCode::type_mismatch, "input.shape", "integer",
       "18446744073709551615"},
      {R"({"input":[65536,65536,65536,65536]})", ErrorCode::invalid_value, "input.shape", "<= 2^53 elements",
       "> 2^53 elements"},
      {R"({"input":[1,1,1,1,1,1,1]})", ErrorCode::invalid_value, "input.shape", "<= 6 axes", "7"},
      {R"({"input":2})", ErrorCode::type_mismatch, "input.shape", "integers", "2"},
      {R"({"input":{"shape":[2],"dtype":"f64"}})", ErrorCode::invalid_value, "input.dtype", "f32, i32, u8", "f64"},
      {R"({"inputs":[2]})", ErrorCode::type_mismatch, "inputs", "{name: […]}", "[2]"},
      {R"({"inputs":{"a":[0]}})", ErrorCode::invalid_value, "inputs.a.shape", ">= 1", "0"},
      {R"({"input":[2],"seed":-1})", ErrorCode::invalid_value, "model.seed", ">= 0", "-1"},
      {R"({"input":[2],"seed":1152921504606846976})", ErrorCode::type_mismatch, "model.seed", "integer",
       "1152921504606846976"},
      {R"({"input":[2],"seeds":1})", ErrorCode::unknown_option, "model.seeds", "seed, input, inputs", "seeds"},
  };
  for (const Bad& bad : cases) {
    const auto error = error_of([&] { static_cast<void>(read_model_options(parse_json(bad.options, "options"))); });
    ASSERT_TRUE(error) << bad.options;
    EXPECT_EQ(name(error->code), name(bad.code)) << bad.options;
    EXPECT_EQ(error->path, bad.path) << bad.options;
    EXPECT_EQ(error->expected, bad.expected) << bad.options;
    EXPECT_EQ(error->got, bad.got) << bad.options;
  }
}

/// A model passes on what it is given only if that is a number that its readers know.
TEST(BadModels, WhoseOutputIsNotFloat) {
  const auto error = error_of([] {
    const Model model({{"layers", Json::array({"dropout"})}},
                      {.inputs = {{.name = "x", .shape = {4}, .dtype = DType::u8}}});
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::type_mismatch);
}

}  // namespace
}  // namespace trainyard::testing_layers
