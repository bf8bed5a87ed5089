#include "layers/layer_case.hpp"

namespace trainyard::testing_layers {
namespace {

std::vector<LayerCase>& list() {
  static std::vector<LayerCase> cases;
  return cases;
}

}  // namespace

const std::vector<LayerCase>& cases() { return list(); }

Declare::Declare(LayerCase c) { list().push_back(std::move(c)); }

Json network(const Json& layer, std::size_t inputs) {
  if (inputs == 1) return {{"layers", {layer}}};
  Json node = layer;
  if (!node.is_object()) node = Json{{"type", layer}};
  node["name"] = "0";
  node["inputs"] = Json::array();
  for (std::size_t i = 0; i < inputs; ++i) node["inputs"].push_back(std::string(1, static_cast<char>('a' + i)));
  return {{"nodes", {node}}};
}

std::vector<ModelInput> inputs(const std::vector<Sizes>& shapes) {
  std::vector<ModelInput> list;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    list.push_back({.name = std::string(1, static_cast<char>('a' + i)), .shape = Shape(std::span(shapes[i]))});
  }
  return list;
}

}  // namespace trainyard::testing_layers
