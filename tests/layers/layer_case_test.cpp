// What every layer must do, from its one declaration (layer_case.hpp).
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "io/safetensors.hpp"
#include "io/state_dict.hpp"
#include "layers/all.hpp"
#include "layers/layer_case.hpp"
#include "support/errors.hpp"

namespace trainyard::testing_layers {
namespace {

class Layers : public testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] const LayerCase& c() const { return cases()[GetParam()]; }
};

std::int64_t count(const Sizes& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

bool is_state(const std::string& name) {
  return name.find("running_") != std::string::npos || name.find("num_batches") != std::string::npos;
}

/// Parameters of the layer and of those inside it.
std::vector<std::pair<std::string, Sizes>> listed(const Model& model) {
  std::vector<std::pair<std::string, Sizes>> list;
  for (const Json& p : model.parameter_list()) list.emplace_back(p["name"], p["shape"].get<Sizes>());
  return list;
}

TEST_P(Layers, HaveTheirShapeParametersAndCounts) {
  for (const Good& good : c().good) {
    SCOPED_TRACE(good.layer.dump());
    const Model model(network(good.layer, good.inputs.size()), {.inputs = inputs(good.inputs)});
    EXPECT_EQ(listed(model), good.parameters);
    std::int64_t numbers = 0;
    for (const auto& [name, shape] : good.parameters) numbers += is_state(name) ? 0 : count(shape);
    const Json summary = model.summary();
    EXPECT_EQ(summary["parameters"], numbers);
    EXPECT_EQ(summary["trainable"], numbers);
    const Json& layer = summary["layers"][0];
    EXPECT_EQ(layer["type"], c().layer);
    EXPECT_EQ(layer["name"], "0");
    EXPECT_EQ(layer["output"].get<Sizes>(), good.output);
    EXPECT_EQ(layer["formula"], good.formula);
    EXPECT_EQ(model.outputs().front().second.shape, Shape(std::span(good.output)));
  }
}

TEST_P(Layers, AreSavedAsPyTorchSavesThemAndReadAgain) {
  for (const Good& good : c().good) {
    SCOPED_TRACE(good.layer.dump());
    const Json description = network(good.layer, good.inputs.size());
    const Model from(description, {.inputs = inputs(good.inputs), .seed = 1});
    const Bytes file = write_state_dict(from);
    const Safetensors saved(file.span());
    ASSERT_EQ(saved.tensors().size(), good.parameters.size());
    for (const auto& [name, shape] : good.parameters) {
      const TensorInfo* tensor = saved.find(name);
      ASSERT_NE(tensor, nullptr) << name;
      EXPECT_EQ(tensor->shape, shape) << name;
      EXPECT_EQ(tensor->type == TensorType::i64, name.ends_with("num_batches_tracked")) << name;
    }
    Model to(description, {.inputs = inputs(good.inputs), .seed = 2});
    read_state_dict(to, file.span());
    const Bytes again = write_state_dict(to);
    EXPECT_TRUE(std::ranges::equal(again.span(), file.span()));
  }
}

TEST_P(Layers, RefuseWhatDoesNotFit) {
  for (const Bad& bad : c().bad) {
    SCOPED_TRACE(bad.layer.dump());
    const auto error =
        error_of([&] { const Model model(network(bad.layer, bad.inputs.size()), {.inputs = inputs(bad.inputs)}); });
    ASSERT_TRUE(error);
    EXPECT_EQ(name(error->code), name(bad.code)) << error->what();
    EXPECT_EQ(error->path, bad.path);
    EXPECT_EQ(error->expected, bad.expected);
    EXPECT_EQ(error->got, bad.got);
    EXPECT_EQ(error->hint.argument, bad.hint);
  }
}

/// Whatever its options are called, a layer refuses one that it does not have, and names the nearest.
TEST_P(Layers, RefuseUnknownOptions) {
  for (const Good& good : c().good) {
    Json layer = good.layer.is_object() ? good.layer : Json{{"type", good.layer}};
    layer["sizee"] = 3;
    const auto error =
        error_of([&] { const Model model(network(layer, good.inputs.size()), {.inputs = inputs(good.inputs)}); });
    ASSERT_TRUE(error) << layer.dump();
    EXPECT_EQ(error->code, ErrorCode::unknown_option) << error->what();
    EXPECT_EQ(error->path, (good.inputs.size() == 1 ? "layers[0] " : "0 ") + c().layer + ".sizee");
  }
}

TEST_P(Layers, WantTheRightNumberOfInputs) {
  const Good& good = c().good.front();
  const auto kind = *std::ranges::find(layers::all(), std::string_view(c().layer), &LayerKind::name);
  std::vector<std::size_t> wrong{0};
  if (kind->min_inputs > 1) wrong.push_back(static_cast<std::size_t>(kind->min_inputs - 1));
  if (kind->max_inputs < 10) wrong.push_back(static_cast<std::size_t>(kind->max_inputs + 1));
  for (const std::size_t n : wrong) {
    const std::vector<Sizes> shapes(std::max<std::size_t>(n, 1), good.inputs.front());
    Json description = network(good.layer, 2);
    Json names = Json::array();
    for (std::size_t i = 0; i < n; ++i) names.push_back(std::string(1, static_cast<char>('a' + i)));
    description["nodes"][0]["inputs"] = names;
    const auto error = error_of([&] { const Model model(description, {.inputs = inputs(shapes)}); });
    ASSERT_TRUE(error) << n;
    EXPECT_EQ(error->code, ErrorCode::invalid_graph) << error->what();
    EXPECT_EQ(error->path, "0 " + c().layer + ".inputs");
    EXPECT_EQ(error->got, std::to_string(n));
  }
}

std::vector<std::size_t> all_indices() {
  std::vector<std::size_t> list(cases().size());
  std::iota(list.begin(), list.end(), std::size_t{0});
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, Layers, testing::ValuesIn(all_indices()),
                         [](const testing::TestParamInfo<std::size_t>& i) { return cases()[i.param].layer; });

TEST(LayerCompleteness, EveryLayerHasACase) {
  std::set<std::string_view> names;
  for (const LayerCase& c : cases()) {
    EXPECT_TRUE(names.insert(c.layer).second) << c.layer << ": two cases";
    EXPECT_FALSE(c.good.empty() || c.bad.empty()) << c.layer << ": what it gives and what it refuses";
  }
  for (const LayerKind* kind : layers::all()) {
    EXPECT_TRUE(names.erase(kind->name) == 1) << kind->name << ": no case in tests/layers";
  }
  for (const std::string_view name : names) ADD_FAILURE() << name << ": not a layer any more";
}

}  // namespace
}  // namespace trainyard::testing_layers
