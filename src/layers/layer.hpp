// Layers: what a description is made of. A layer is one file with its options and the ops that it writes into the
// graph.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/kinds.hpp"
#include "graph/graph.hpp"

namespace trainyard {

/// More is a mistake, and would use up the memory one record at a time.
inline constexpr std::size_t max_layers = 100'000;
/// Layers in layers: as deep as JSON may be.
inline constexpr std::size_t max_layer_depth = 64;

/// What a layer did, for summaries, the ledger and the page.
struct LayerRecord {
  std::string path;  ///< "layers[3] conv2d"
  std::string name;  ///< prefix of its parameters' names: "3"
  std::string type;  ///< "conv2d"
  std::vector<ValueId> inputs;
  ValueId output;
  std::vector<ParamId> parameters;
};

/// Writes layers into a graph: options are checked, parameters made or found again, places named.
class LayerBuilder {
 public:
  LayerBuilder(Graph& graph, bool training, std::vector<LayerRecord>& records)
      : graph_(graph), training_(training), records_(records) {}

  [[nodiscard]] Graph& graph() const { return graph_; }
  /// Whether the plan trains: dropout drops, batch norm uses the batch's statistics.
  [[nodiscard]] bool training() const { return training_; }
  [[nodiscard]] const std::string& path() const { return graph_.path(); }
  [[nodiscard]] const std::string& name() const { return graph_.name(); }

  /// How a parameter of the layer being built is made.
  struct Make {
    std::string name;  ///< "weight": the state-dict name becomes "3.weight"
    Shape shape;       ///< PyTorch's
    StoredOrder stored = as_is;
    ParameterKind kind = ParameterKind::weight;
    Json initializer;  ///< description of an initializer
    std::int64_t fan_in = 1;
    std::int64_t fan_out = 1;
    DType dtype = DType::f32;
  };
  ValueId parameter(const Make& make);
  /// How a parameter's value is stored: of a shared one, its owner says.
  [[nodiscard]] const StoredOrder& stored(ValueId parameter) const {
    return graph_.parameters()[graph_[parameter].parameter].stored;
  }

  /// Builds one described layer under `name`, with `where` ("layers[3]") before its type in errors.
  ValueId build(const Json& layer, std::span<const ValueId> inputs, const std::string& where, const std::string& name);
  /// Builds layer `owner` once more, on the same parameters.
  ValueId build_again(const Json& layer, std::span<const ValueId> inputs, const std::string& name,
                      const std::string& owner);
  /// Builds a list of layers one after the other; their names are `prefix` + index.
  ValueId sequence(const Json& layers, ValueId input, const std::string& where, const std::string& prefix);
  /// Throws INVALID_GRAPH if a layer shares the parameters of one that is not there.
  void check_shared() const;

 private:
  Graph& graph_;
  bool training_;
  std::vector<LayerRecord>& records_;
  std::vector<std::size_t> open_;          ///< records being built, outermost first
  std::unordered_set<std::string> names_;  ///< of all layers: parameters are told apart by them

  /// A layer whose parameters are another's.
  struct Shared {
    std::string path, name, owner;
    bool named = true;  ///< the parameters get its names too
  };
  /// What a parameter of layer `name` is called, and whether that is a second name.
  [[nodiscard]] std::pair<std::string, bool> owned_name(std::string name) const;
  std::vector<Shared> shared_;
};

/// One entry of the list; made by make_layer from an options struct O with
/// `ValueId build(LayerBuilder&, std::span<const ValueId>) const`.
struct LayerKind {
  std::string_view name;
  ValueId (*build)(LayerBuilder&, const Json& options, std::span<const ValueId> inputs);
  Json (*describe)();  ///< null where `describes_options` is false
  int min_inputs = 1;
  int max_inputs = 1;
};

template <class O>
[[nodiscard]] constexpr LayerKind make_layer(std::string_view name, int min_inputs = 1, int max_inputs = 1) {
  return {name,
          [](LayerBuilder& b, const Json& options, std::span<const ValueId> inputs) {
            return parse_checked<O>(options, b.path()).build(b, inputs);
          },
          describer<O>(), min_inputs, max_inputs};
}

/// [{"name", "options", "inputs": [min, max]}] of every layer.
[[nodiscard]] Json describe_layers();

}  // namespace trainyard
