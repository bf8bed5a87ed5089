// What a model is made of, as data: the ledger that summaries and the page show.
#include <string>

#include "train/model.hpp"

namespace trainyard {
namespace {

/// "(2 + 1) × 8": how the layer's count comes about, from its parameters' shapes. "" without parameters.
std::string formula(const ParameterTable& table, const LayerRecord& layer) {
  std::string text;
  for (std::size_t i = 0; i < layer.parameters.size(); ++i) {
    const Parameter& p = table[layer.parameters[i]];
    if (p.kind == ParameterKind::state) continue;
    std::string term;
    if (p.kind == ParameterKind::weight && p.shape.rank() >= 2) {
      for (int axis = p.shape.rank() - 1; axis >= 1; --axis) {
        term += (term.empty() ? "" : " × ") + std::to_string(p.shape[axis]);
      }
      const bool with_bias = i + 1 < layer.parameters.size() &&
                             table[layer.parameters[i + 1]].kind == ParameterKind::bias &&
                             table[layer.parameters[i + 1]].shape == Shape{p.shape[0]};
      if (with_bias) {
        term = "(" + term + " + 1)";
        ++i;
      }
      term += " × " + std::to_string(p.shape[0]);
    } else {
      term = std::to_string(p.shape.size());
    }
    text += (text.empty() ? "" : " + ") + term;
  }
  return text;
}

Json shape_json(const Shape& shape) {
  return Json(std::vector<std::int64_t>(shape.dims().begin(), shape.dims().end()));
}

}  // namespace

Json Model::summary() const {
  Graph graph(table_);
  std::vector<ValueId> inputs;
  const Network network = build(graph, true, inputs);
  Json layers = Json::array();
  for (const LayerRecord& layer : network.layers) {
    std::int64_t count = 0;
    std::int64_t trainable = 0;
    Json names = Json::array();
    for (const ParamId id : layer.parameters) {
      const Parameter& p = table_[id];
      names.push_back(p.names.front());
      if (p.kind == ParameterKind::state) continue;
      count += p.shape.size();
      if (p.trained()) trainable += p.shape.size();
    }
    layers.push_back({{"path", layer.path},
                      {"name", layer.name},
                      {"type", layer.type},
                      {"output", shape_json(graph.type(layer.output).shape)},
                      {"parameters", count},
                      {"trainable", trainable},
                      {"formula", formula(table_, layer)},
                      {"parameterNames", std::move(names)}});
  }
  std::int64_t count = 0;
  std::int64_t trainable = 0;
  for (const Parameter& p : table_.all()) {
    if (p.kind == ParameterKind::state) continue;
    count += p.shape.size();
    if (p.trained()) trainable += p.shape.size();
  }
  Json outputs = Json::object();
  for (const auto& [name, type] : outputs_) outputs[name] = shape_json(type.shape);
  Json inputs_json = Json::object();
  for (const ModelInput& input : options_.inputs) inputs_json[input.name] = shape_json(input.shape);
  return {{"inputs", std::move(inputs_json)}, {"layers", std::move(layers)},
          {"outputs", std::move(outputs)},    {"parameters", count},
          {"trainable", trainable},           {"bytes", 2 * places_.parameter_bytes + places_.state_bytes}};
}

Json Model::parameter_list() const {
  Json list = Json::array();
  for (const Parameter& p : table_.all()) {
    list.push_back({{"name", p.names.front()},
                    {"shape", shape_json(p.shape)},
                    {"kind", name(p.kind)},
                    {"layer", p.layer},
                    {"size", p.shape.size()},
                    {"trainable", p.trained()}});
    if (p.names.size() > 1) list.back()["names"] = p.names;
  }
  return list;
}

}  // namespace trainyard
