// What layers that are made of described layers share.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "layers/layer.hpp"

namespace trainyard::layers {

/// A described layer, option by option: Part("linear").with("out", 8).
class Part {
 public:
  explicit Part(std::string_view type) { json_["type"] = type; }
  Part&& with(const char* key, Json value) && {
    json_[key] = std::move(value);
    return std::move(*this);
  }
  [[nodiscard]] const Json& json() const { return json_; }

 private:
  Json json_ = Json::object();
};

/// Builds parts within the layer that is being built: part "a.b" of layer "3" is "3.a.b", its place
/// "layers[3] gpt.a.b linear".
class Parts {
 public:
  explicit Parts(LayerBuilder& b) : b_(b) {}
  ValueId build(const std::string& name, const Part& part, std::span<const ValueId> inputs) {
    return b_.build(part.json(), inputs, b_.path() + "." + name, full(name));
  }
  ValueId build(const std::string& name, const Part& part, ValueId input) {
    return build(name, part, std::span(&input, 1));
  }
  /// No layer at all where nothing can be dropped.
  ValueId dropout(const std::string& name, double p, ValueId input) {
    return p == 0 ? input : build(name, std::move(Part("dropout")).with("p", p), input);
  }
  /// What part `name` is called in the network.
  [[nodiscard]] std::string full(const std::string& name) const { return b_.name() + "." + name; }

 private:
  LayerBuilder& b_;
};

}  // namespace trainyard::layers
