// What a model is made of, as data: the ledger that summaries and the page show.
#include "train/formula.hpp"
#include "train/model.hpp"

namespace trainyard {
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
    layers.push_back(json_object("path", layer.path, "name", layer.name, "type", layer.type, "output",
                                 graph.type(layer.output).shape.dims(), "parameters", count, "trainable", trainable,
                                 "formula", formula(table_, layer.parameters), "parameterNames", std::move(names)));
  }
  std::int64_t count = 0;
  std::int64_t trainable = 0;
  for (const Parameter& p : table_.all()) {
    if (p.kind == ParameterKind::state) continue;
    count += p.shape.size();
    if (p.trained()) trainable += p.shape.size();
  }
  Json outputs = Json::object();
  for (const auto& [name, type] : outputs_) put(outputs, name, type.shape.dims());
  Json inputs_json = Json::object();
  for (const ModelInput& input : options_.inputs) put(inputs_json, input.name, input.shape.dims());
  return json_object("inputs", std::move(inputs_json), "layers", std::move(layers), "outputs", std::move(outputs),
                     "parameters", count, "trainable", trainable, "bytes",
                     2 * places_.parameter_bytes + places_.state_bytes);
}

Json Model::parameter_list() const {
  Json list = Json::array();
  for (const Parameter& p : table_.all()) {
    list.push_back(json_object("name", p.names.front(), "shape", p.shape.dims(), "kind", name(p.kind), "layer", p.layer,
                               "size", p.shape.size(), "trainable", p.trained()));
    if (p.names.size() > 1) put(list.back(), "names", p.names);
  }
  return list;
}

}  // namespace trainyard
