#include "layers/layer.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/suggest.hpp"
#include "layers/all.hpp"

namespace trainyard {

ValueId LayerBuilder::parameter(const Make& make) {
  Parameter p;
  const std::string own = name().empty() ? make.name : name() + "." + make.name;
  const auto [kept, named] = owned_name(own);
  p.names = {kept};
  p.shape = make.shape;
  p.stored = make.stored;
  p.kind = make.kind;
  p.dtype = make.dtype;
  p.layer = path();
  p.initializer = make.initializer.dump();
  p.fan_in = make.fan_in;
  p.fan_out = make.fan_out;
  const ParamId id = graph_.parameters().get(p);
  if (named) graph_.parameters().alias(id, own);
  if (!open_.empty()) records_[open_.back()].parameters.push_back(id);
  return graph_.parameter(id);
}

std::pair<std::string, bool> LayerBuilder::owned_name(std::string name) const {
  bool named = true;
  for (const Shared& s : shared_) {
    if (!name.starts_with(s.name + ".")) continue;
    name = s.owner + name.substr(s.name.size());
    named = named && s.named;
  }
  return {name, named};
}

ValueId LayerBuilder::build_again(const Json& layer, std::span<const ValueId> inputs, const std::string& name,
                                  const std::string& owner) {
  shared_.push_back({name, name, owner, false});
  return build(layer, inputs, name, name);
}

void LayerBuilder::check_shared() const {
  for (const Shared& s : shared_) {
    const auto is_owner = [&](const LayerRecord& r) { return r.name == s.owner; };
    if (std::ranges::any_of(records_, is_owner)) continue;
    std::vector<std::string_view> known;
    for (const LayerRecord& r : records_) known.push_back(r.name);
    throw unknown_name(ErrorCode::invalid_graph, s.path + ".shares", s.owner, known);
  }
}

ValueId LayerBuilder::build(const Json& layer, std::span<const ValueId> inputs, const std::string& where,
                            const std::string& name) {
  Description d = read_description(layer, where);
  const auto& kind = *layers::all()[find_kind(d.type, kind_names(layers::all()), where)];
  const std::string path = where + " " + d.type;
  const auto count = static_cast<int>(inputs.size());
  if (count < kind.min_inputs || count > kind.max_inputs) {
    const std::string expected = kind.min_inputs == kind.max_inputs
                                     ? std::to_string(kind.min_inputs)
                                     : std::to_string(kind.min_inputs) + " … " + std::to_string(kind.max_inputs);
    throw Error(ErrorCode::invalid_graph, path + ".inputs", expected, std::to_string(count));
  }
  if (const auto it = d.options.find("shares"); it != d.options.end()) {
    if (!it->is_string()) throw Error(ErrorCode::type_mismatch, path + ".shares", "name", short_text(*it));
    const auto owner = it->get<std::string>();
    if (owner == name) throw Error(ErrorCode::invalid_graph, path + ".shares", "", owner, {"cycle", name});
    shared_.push_back({path, name, owner});
    d.options.erase("shares");
  }
  const std::size_t record = records_.size();
  if (record >= max_layers) {
    throw Error(ErrorCode::invalid_graph, path, "<= " + std::to_string(max_layers), "> " + std::to_string(max_layers));
  }
  if (open_.size() >= max_layer_depth) {
    throw Error(ErrorCode::invalid_graph, path, "<= " + std::to_string(max_layer_depth) + " levels",
                "> " + std::to_string(max_layer_depth) + " levels");
  }
  // "a.0" may be a node's own name (a module within a module) or the first layer of a sequence "a", not both.
  if (!names_.insert(name).second) throw Error(ErrorCode::invalid_graph, path, "", name, {"name_taken", name});
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
  Json list = describe_kinds(layers::all());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const LayerKind& kind = *layers::all()[i];
    put(list[i], "inputs", std::array<std::int64_t, 2>{kind.min_inputs, kind.max_inputs});
  }
  return list;
}

}  // namespace trainyard
