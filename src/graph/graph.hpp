// The graph: values and the nodes that compute them. Layers write the forward part, autodiff the backward part, passes
// rewrite both; the plan reads the result.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/shape.hpp"
#include "graph/op.hpp"
#include "graph/parameter.hpp"

namespace trainyard {

enum class Role : std::uint8_t {
  input,      ///< filled from the data
  target,     ///< filled from the data, read by losses
  seed,       ///< gradient of the loss, one number a row: weight / divisor
  parameter,  ///< of the table: trained, frozen or state
  constant,
  memory,  ///< what steps of generation remember: it keeps its place, and its numbers from run to run
  computed
};

/// What the whole numbers of an input may be, both ends included. Checked when data come in.
struct Limits {
  std::int64_t low = std::numeric_limits<std::int32_t>::min();
  std::int64_t high = std::numeric_limits<std::int32_t>::max();
};

struct Value {
  ValueType type;
  Role role = Role::computed;
  std::string name;   ///< inputs and targets: their name; parameters: state-dict name; computed: the node's path
  NodeId producer;    ///< computed values only
  ParamId parameter;  ///< parameters; and computed gradients: of which parameter (see is_gradient)
  bool is_gradient = false;
  std::vector<float> constant;  ///< constants only
  Limits limits;                ///< of an input of whole numbers
};

struct Node {
  const Op* op = nullptr;
  std::vector<ValueId> inputs;  ///< an optional input that is left out is an invalid id
  std::vector<ValueId> outputs;
  Attributes attributes;
  std::string path;  ///< the layer it belongs to: "layers[3] linear"
  std::string name;  ///< the layer's short name, which names its random stream: "3"
  bool backward = false;
};

class Graph {
 public:
  explicit Graph(ParameterTable& parameters) : parameters_(&parameters) {}

  ValueId input(std::string name, const ValueType& type, Role role = Role::input);
  ValueId parameter(ParamId id);
  ValueId constant(std::string name, const Shape& shape, std::vector<float> numbers);
  /// The constant of this name and shape that the graph has already; an invalid id if none.
  [[nodiscard]] ValueId find_constant(std::string_view name, const Shape& shape) const;

  /// Adds a node; its outputs' types come from the op's shape rule. Returns the node's first output.
  /// Throws what the shape rule throws, with the layer's path.
  ValueId add(const Op& op, std::initializer_list<ValueId> inputs, const Attributes& attributes = {});
  ValueId add(const Op& op, std::span<const ValueId> inputs, const Attributes& attributes = {});
  [[nodiscard]] ValueId output(ValueId first, std::size_t index) const;

  /// The input as whole numbers (i32) in [low, high], whatever type it was made with: ids, lengths.
  /// Throws TYPE_MISMATCH for a computed value, or an input that something reads as numbers already.
  ValueId whole_numbers(ValueId v, std::int64_t low, std::int64_t high);

  /// The value with images channels last (or first), through a node only where it lies otherwise.
  ValueId channels_last(ValueId v);
  ValueId channels_first(ValueId v);

  /// Nodes added while this object lives belong to the layer. Layers nest.
  class Scope {
   public:
    Scope(Graph& graph, std::string path, std::string name);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Graph& graph_;
    std::string path_, name_;
  };

  [[nodiscard]] const Value& operator[](ValueId v) const { return values_[v.index()]; }
  [[nodiscard]] Value& operator[](ValueId v) { return values_[v.index()]; }
  [[nodiscard]] const Node& operator[](NodeId n) const { return nodes_[n.index()]; }
  [[nodiscard]] Node& operator[](NodeId n) { return nodes_[n.index()]; }
  [[nodiscard]] const ValueType& type(ValueId v) const { return (*this)[v].type; }

  [[nodiscard]] std::size_t value_count() const { return values_.size(); }
  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }
  [[nodiscard]] std::span<const NodeId> order() const { return order_; }
  void set_order(std::vector<NodeId> order) { order_ = std::move(order); }
  /// Readers of every value, by value; recomputed on demand.
  [[nodiscard]] std::vector<std::vector<NodeId>> readers() const;

  [[nodiscard]] ParameterTable& parameters() const { return *parameters_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Values whose numbers somebody reads after the run: never dead, never overwritten.
  std::vector<ValueId> results;
  void keep(ValueId v);
  /// Set by autodiff for the nodes it emits.
  bool backward = false;
  /// Whether layers also give what only pictures show: attention weights.
  bool inspected = false;
  /// Whether the rows are a part of a batch, whose others other engines run: what looks across rows asks them.
  bool shared = false;

 private:
  friend class Inference;
  ValueId new_value(Value value);

  ParameterTable* parameters_;
  std::vector<Value> values_;
  std::vector<ValueId> parameter_values_;  ///< by ParamId, as far as any was asked for
  std::vector<Node> nodes_;
  std::vector<NodeId> order_;
  std::string path_, name_;
};

/// What a shape rule sees: the inputs' types; it sets the outputs' and may complete the attributes.
class Inference {
 public:
  Inference(const Graph& graph, std::span<const ValueId> inputs, Attributes& attributes)
      : graph_(graph), inputs_(inputs), attributes_(attributes) {}

  [[nodiscard]] std::size_t inputs() const { return inputs_.size(); }
  [[nodiscard]] bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i].valid(); }
  [[nodiscard]] const ValueType& in(std::size_t i) const { return graph_.type(inputs_[i]); }
  template <class A>
  [[nodiscard]] A& attributes() {
    return attributes_.as<A>();
  }
  void out(ValueType type) { outputs_.push_back(type); }
  [[nodiscard]] std::span<const ValueType> outputs() const { return outputs_; }

  /// Throws SHAPE_MISMATCH unless the condition holds.
  static void require(bool condition, const std::string& expected, const std::string& got, Hint hint = {});
  static void require_float(const ValueType& type);

 private:
  const Graph& graph_;
  std::span<const ValueId> inputs_;
  Attributes& attributes_;
  std::vector<ValueType> outputs_;
};

}  // namespace trainyard
