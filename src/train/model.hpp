// A model: its description, its parameters and their memory. Plans over it are made by train/compile.hpp.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/arena.hpp"
#include "core/json.hpp"
#include "executors/cpu.hpp"
#include "graph/graph.hpp"
#include "layers/description.hpp"

namespace trainyard {

struct ModelInput {
  std::string name = "x";
  Shape shape;  ///< of one row: [28, 28] or [1, 28, 28] (channels first)
  DType dtype = DType::f32;
};

struct ModelOptions {
  std::vector<ModelInput> inputs;
  std::uint64_t seed = 0;                ///< of the initial values
  Precision precision = Precision::f32;  ///< f64: native builds only, for tests

  /// Adds the inputs to a graph; by name, and to `ids`.
  std::vector<std::pair<std::string, ValueId>> add_inputs(Graph& graph, std::vector<ValueId>& ids) const;
};

/// What of a parameter is read.
enum class Content : std::uint8_t { value, gradient };

class Model {
 public:
  /// Checks the description and makes the parameters with their initial values. Throws what build_network throws;
  /// OUT_OF_MEMORY, before allocating, if the parameters cannot fit.
  Model(Json description, ModelOptions options);
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  [[nodiscard]] const Json& description() const { return description_; }
  [[nodiscard]] const ModelOptions& options() const { return options_; }
  [[nodiscard]] Precision precision() const { return options_.precision; }
  [[nodiscard]] ParameterTable& parameters() { return table_; }
  [[nodiscard]] const ParameterTable& parameters() const { return table_; }
  [[nodiscard]] const ParameterPlaces& places() const { return places_; }
  [[nodiscard]] ModelMemory memory() const { return {parameters_.data(), gradients_.data(), state_.data()}; }
  /// Types of the outputs, by name.
  [[nodiscard]] const std::vector<std::pair<std::string, ValueType>>& outputs() const { return outputs_; }

  /// What the numbers of input i may be; nothing for one of real numbers.
  [[nodiscard]] const std::optional<Limits>& limits(std::size_t i) const { return limits_[i]; }

  /// Writes the network into a graph over input values that it adds. The graph must use parameters().
  [[nodiscard]] Network build(Graph& graph, bool training, std::vector<ValueId>& inputs) const;

  /// Draws all parameters anew.
  void initialize(std::uint64_t seed);

  /// A parameter's numbers in PyTorch's layout. The one door in and out: kernels' order stays inside.
  void read(ParamId id, std::span<float> out, Content content = Content::value) const;
  void read(ParamId id, std::span<double> out, Content content = Content::value) const;
  /// The value less what it was in `before`, a copy of the whole parameter block.
  void read_difference(ParamId id, const std::byte* before, std::span<float> out) const;
  /// Throws PARAMETER_MISMATCH for another count; INVALID_DATA is not checked: weights may be what you like.
  void write(ParamId id, std::span<const float> numbers);
  void write(ParamId id, std::span<const double> numbers);
  /// Sets one number (index in PyTorch's layout).
  void write_one(ParamId id, std::int64_t index, double number);
  /// By state-dict name. Throws PARAMETER_MISMATCH with the nearest name.
  [[nodiscard]] ParamId find(std::string_view name) const;

  /// Frozen parameters have no gradient and are not updated; plans notice by structure().
  void freeze(ParamId id, bool frozen);
  /// Changes when plans must be made anew (a parameter was frozen or thawed).
  [[nodiscard]] std::uint64_t structure() const { return structure_; }
  /// Changes whenever parameters do: what was computed with them before is of the past. `touch` is for those that
  /// write through memory().
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  void touch() const { ++changes_; }

  /// {layers: [{path, name, type, output, parameters, formula}], parameters, trainable, bytes}.
  [[nodiscard]] Json summary() const;
  /// [{name, shape, kind, layer, size, trainable}].
  [[nodiscard]] Json parameter_list() const;

 private:
  template <class T>
  void read_as(ParamId id, std::span<T> out, Content content) const;
  template <class T>
  void write_as(ParamId id, std::span<const T> numbers);

  Json description_;
  ModelOptions options_;
  mutable ParameterTable table_;
  ParameterPlaces places_;
  Arena parameters_, gradients_, state_;
  std::vector<std::pair<std::string, ValueType>> outputs_;
  std::vector<std::optional<Limits>> limits_;  ///< by input
  std::uint64_t structure_ = 0;
  mutable std::uint64_t changes_ = 0;
};

}  // namespace trainyard
