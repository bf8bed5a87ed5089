#include "layers/description.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/suggest.hpp"

namespace trainyard {
namespace {

using Named = std::vector<std::pair<std::string, ValueId>>;

/// A list of names. Throws TYPE_MISMATCH.
std::vector<std::string> names_of(const Json& value, const std::string& path) {
  std::vector<std::string> names;
  if (!value.is_array()) throw Error(ErrorCode::type_mismatch, path, "[name, …]", short_text(value));
  for (const Json& v : value) {
    if (!v.is_string()) throw Error(ErrorCode::type_mismatch, path, "name", short_text(v));
    names.push_back(v.get<std::string>());
  }
  return names;
}

/// Builds named nodes in an order in which every input exists.
class NodeList {
 public:
  NodeList(const Json& nodes, LayerBuilder& builder, const Named& inputs) : builder_(builder) {
    if (!nodes.is_array()) throw Error(ErrorCode::type_mismatch, "nodes", "[…]", short_text(nodes));
    if (nodes.size() > max_layers) {
      throw Error(ErrorCode::invalid_graph, "nodes", "<= 100000", std::to_string(nodes.size()));
    }
    for (const auto& [name, value] : inputs) built_[name] = value;
    std::string before = inputs.size() == 1 ? inputs.front().first : "";
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::string where = "nodes[" + std::to_string(i) + "]";
      if (!nodes[i].is_object()) throw Error(ErrorCode::type_mismatch, where, "object", short_text(nodes[i]));
      Node n{.layer = nodes[i], .where = where, .name = std::to_string(i), .inputs = {}};
      if (const auto it = n.layer.find("name"); it != n.layer.end()) {
        n.name = names_of(Json::array({*it}), where + ".name").front();
        if (n.name.empty()) throw Error(ErrorCode::invalid_value, where + ".name", "a-z A-Z 0-9 _ …", n.name);
      }
      if (const auto it = n.layer.find("inputs"); it != n.layer.end()) {
        n.inputs = names_of(*it, where + ".inputs");
        n.layer.erase("inputs");
      } else if (!before.empty()) {
        n.inputs = {before};
      }
      if (places_.contains(n.name) || built_.contains(n.name)) {
        throw Error(ErrorCode::invalid_graph, where + ".name", "", n.name, {"name_taken", n.name});
      }
      before = n.name;
      places_[n.name] = nodes_.size();
      nodes_.push_back(std::move(n));
    }
  }

  ValueId get(const std::string& name, const std::string& where) {
    // Depth first without recursion: a long chain of nodes must not use up the stack.
    std::vector<std::string> stack{name};
    while (!stack.empty()) {
      const std::string at = stack.back();
      if (built_.contains(at)) {
        stack.pop_back();
        continue;
      }
      const auto place = places_.find(at);
      if (place == places_.end()) dangling(at, stack.size() > 1 ? stack[stack.size() - 2] + ".inputs" : where);
      Node& n = nodes_[place->second];
      n.open = true;
      bool ready = true;
      for (const std::string& input : n.inputs) {
        if (built_.contains(input)) continue;
        if (const auto it = places_.find(input); it != places_.end() && nodes_[it->second].open) {
          throw Error(ErrorCode::invalid_graph, n.where + ".inputs", "", input, {"cycle", at});
        }
        stack.push_back(input);
        ready = false;
        break;
      }
      if (!ready) continue;
      std::vector<ValueId> inputs;
      for (const std::string& input : n.inputs) inputs.push_back(built_.at(input));
      built_[at] = n.layer.contains("calls") ? call_again(n, inputs) : builder_.build(n.layer, inputs, at, at);
      n.used = true;
      n.open = false;
      stack.pop_back();
    }
    return built_.at(name);
  }

  [[nodiscard]] std::string last() const { return nodes_.empty() ? "" : nodes_.back().name; }
  /// Every node must lead to an output: a forgotten edge is an error, not a smaller model.
  void check_all_used() const {
    for (const Node& n : nodes_) {
      if (!n.used) throw Error(ErrorCode::invalid_graph, n.where, "", n.name, {"unused_node", n.name});
    }
  }

 private:
  struct Node {
    Json layer;
    std::string where, name;
    std::vector<std::string> inputs;
    bool used = false;
    bool open = false;  ///< waiting for its inputs
  };
  /// Another node's layer once more, with that node's parameters.
  ValueId call_again(const Node& n, std::span<const ValueId> inputs) {
    const std::string owner = names_of(Json::array({n.layer["calls"]}), n.where + ".calls").front();
    const auto place = places_.find(owner);
    if (place == places_.end()) dangling(owner, n.where + ".calls");
    const Json& layer = nodes_[place->second].layer;
    if (owner == n.name || layer.contains("calls")) {
      throw Error(ErrorCode::invalid_graph, n.where + ".calls", "", owner, {"cycle", owner});
    }
    for (const auto& [key, value] : n.layer.items()) {
      if (key != "calls" && key != "name") {
        throw Error(ErrorCode::unknown_option, n.where + "." + key, "name, inputs, calls", key);
      }
    }
    return builder_.build_again(layer, inputs, n.name, owner);
  }
  [[noreturn]] void dangling(const std::string& name, const std::string& where) const {
    std::vector<std::string_view> known;
    for (const auto& entry : built_) known.push_back(entry.first);
    for (const auto& entry : places_) {
      if (!built_.contains(entry.first)) known.push_back(entry.first);
    }
    throw unknown_name(ErrorCode::invalid_graph, where, name, known);
  }

  LayerBuilder& builder_;
  std::vector<Node> nodes_;
  std::map<std::string, std::size_t> places_;
  std::map<std::string, ValueId> built_;
};

void check_version(const Json& description) {
  const auto it = description.find("trainyard");
  if (it == description.end()) return;
  if (!it->is_number_integer() || it->get<std::int64_t>() != description_version) {
    throw Error(ErrorCode::invalid_value, "trainyard", std::to_string(description_version), short_text(*it),
                {"newer_version", ""});
  }
}

}  // namespace

Network build_network(const Json& description, Graph& graph, bool training, const Named& inputs) {
  if (!description.is_object()) throw Error(ErrorCode::type_mismatch, "model", "object", short_text(description));
  check_version(description);
  OptionReader reader(description, "model");
  const Json* layers = reader.raw("layers");
  const Json* nodes = reader.raw("nodes");
  const Json* outputs = reader.raw("outputs");
  reader.raw("trainyard");
  reader.finish();
  Network network;
  LayerBuilder builder(graph, training, network.layers);
  if (layers != nullptr && nodes == nullptr) {
    if (inputs.size() != 1) {
      throw Error(ErrorCode::invalid_graph, "inputs", "1", std::to_string(inputs.size()), {"use_nodes", ""});
    }
    network.outputs.emplace_back("output", builder.sequence(*layers, inputs.front().second, "layers", ""));
  } else if (nodes != nullptr && layers == nullptr) {
    NodeList list(*nodes, builder, inputs);
    std::vector<std::string> wanted{list.last()};
    if (outputs != nullptr) wanted = names_of(*outputs, "outputs");
    if (wanted.empty() || wanted.front().empty()) throw Error(ErrorCode::invalid_graph, "outputs", "[name, …]", "[]");
    for (const std::string& name : wanted) {
      const bool again = std::ranges::any_of(network.outputs, [&](const auto& known) { return known.first == name; });
      if (again) throw Error(ErrorCode::invalid_graph, "outputs", "", name, {"name_taken", name});
      network.outputs.emplace_back(name, list.get(name, "outputs"));
    }
    list.check_all_used();
  } else {
    throw Error(ErrorCode::missing_option, "model", "layers | nodes", "");
  }
  builder.check_shared();
  for (auto& [name, value] : network.outputs) {
    value = graph.channels_first(value);
    if (const DType type = graph.type(value).dtype; type != DType::f32) {
      throw Error(ErrorCode::type_mismatch, "outputs", "f32", std::string(trainyard::name(type)));
    }
  }
  return network;
}

}  // namespace trainyard
