#include "layers/layer.hpp"

#include <utility>

#include "core/error.hpp"
#include "layers/all.hpp"

namespace trainyard {

ValueId LayerBuilder::parameter(const Make& make) {
  Parameter p;
  p.names = {name().empty() ? make.name : name() + "." + make.name};
  p.shape = make.shape;
  p.stored = make.stored;
  p.kind = make.kind;
  p.dtype = make.dtype;
  p.layer = path();
  p.initializer = make.initializer.dump();
  p.fan_in = make.fan_in;
  p.fan_out = make.fan_out;
  const ParamId id = graph_.parameters().get(p);
  if (!open_.empty()) records_[open_.back()].parameters.push_back(id);
  return graph_.parameter(id);
}

ValueId LayerBuilder::build(const Json& layer, std::span<const ValueId> inputs, const std::string& where,
                            const std::string& name) {
  const Description d = read_description(layer, where);
  const auto& kind = *layers::all()[find_kind(d.type, kind_names(layers::all()), where)];
  const std::string path = where + " " + d.type;
  const auto count = static_cast<int>(inputs.size());
  if (count < kind.min_inputs || count > kind.max_inputs) {
    const std::string expected = kind.min_inputs == kind.max_inputs
                                     ? std::to_string(kind.min_inputs)
                                     : std::to_string(kind.min_inputs) + " … " + std::to_string(kind.max_inputs);
    throw Error(ErrorCode::invalid_graph, path + ".inputs", expected, std::to_string(count));
  }
  const std::size_t record = records_.size();
  records_.push_back({path, name, d.type, {inputs.begin(), inputs.end()}, {}, {}});
  open_.push_back(record);
  const Graph::Scope scope(graph_, path, name);
  const ValueId output = [&] {
    try {
      return kind.build(*this, d.options, inputs);
    } catch (const Error& e) {
      // What a layer finds wrong by itself, before any op looks, has no place yet.
      if (!e.path.empty()) throw;
      throw Error(e.code, path, e.expected, e.got, e.hint);
    }
  }();
  open_.pop_back();
  records_[record].output = output;
  return output;
}

ValueId LayerBuilder::sequence(const Json& layers, ValueId input, const std::string& where, const std::string& prefix) {
  if (!layers.is_array()) throw Error(ErrorCode::type_mismatch, where, "[…]", short_text(layers));
  ValueId v = input;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string index = std::to_string(i);
    v = build(layers[i], std::span(&v, 1), where + "[" + index + "]", prefix + index);
  }
  return v;
}

Json describe_layers() {
  Json list = Json::array();
  for (const LayerKind* kind : layers::all()) {
    list.push_back({{"name", kind->name},
                    {"options", kind->describe()},
                    {"inputs", Json::array({kind->min_inputs, kind->max_inputs})}});
  }
  return list;
}

}  // namespace trainyard
