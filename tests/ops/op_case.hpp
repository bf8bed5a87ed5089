// One declaration says everything that is tested of an op: how a graph around it is built, and for which shapes. From
// it op_case_test.cpp derives values and gradients against PyTorch, gradients against central differences, float
// against double, memory (sentinels, scratch, cuts, aliasing), rows below capacity, threads, and fusion.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "golden/golden.hpp"
#include "graph/graph.hpp"

namespace trainyard::testing_ops {

/// Sizes as PyTorch has them, batched inputs with their rows first.
using Sizes = std::vector<std::int64_t>;

/// Options and the shapes of all inputs; for a golden case also the numbers.
struct Instance {
  std::map<std::string, Sizes> shapes;
  Json options = Json::object();
  const golden::OpCase* golden = nullptr;
};

/// Where an input's random numbers come from. All are exact in float32.
struct Fill {
  enum class Kind : std::uint8_t {
    uniform,   ///< on a grid of 256 steps shifted by half a step, so never 0, where many functions have a kink
    on_grid,   ///< on that grid unshifted, so never equal to a `uniform` number of the same range
    distinct,  ///< all different by at least 1/64: a maximum is never a tie
    ids,       ///< 0, 1, … below `high`
  };
  double low = -1, high = 1;
  Kind kind = Kind::uniform;
};

/// Builds the graph of a case: gives the inputs by the names that the instance has.
class Builder {
 public:
  struct Input {
    std::string name;
    ValueId value;
    StoredOrder stored;      ///< how memory holds it; the numbers are in PyTorch's order
    golden::Tensor numbers;  ///< of all rows
    bool batched = true;
    bool differentiated = true;  ///< its gradient is a result
    bool state = false;          ///< its numbers after the run are a result
  };

  /// Random numbers depend on `rows` too: 0 takes the instance's number of rows.
  Builder(const Instance& instance, Graph& graph, std::int64_t rows);

  [[nodiscard]] const Json& options() const { return instance_.options; }
  [[nodiscard]] bool has(const std::string& name) const { return instance_.shapes.contains(name); }
  /// Without the rows for batched inputs.
  [[nodiscard]] Shape shape(const std::string& name, bool batched = true) const;

  // The same name gives the same value. An input that the instance lacks is an invalid id (left out).
  ValueId input(const std::string& name, Fill fill = {});                              ///< batched, float
  ValueId image(const std::string& name, Fill fill = {});                              ///< batched, then channels last
  ValueId unbatched(const std::string& name, Fill fill = {});                          ///< float, the same for all rows
  ValueId target(const std::string& name, Fill fill = {.kind = Fill::Kind::on_grid});  ///< no gradient wanted
  ValueId ids(const std::string& name, std::int64_t count);                            ///< i32, batched
  ValueId parameter(const std::string& name, StoredOrder stored = as_is, Fill fill = {});
  ValueId parameter(const std::string& name, const Sizes& shape, StoredOrder stored);  ///< that the instance lacks
  ValueId state(const std::string& name, Fill fill = {}, DType dtype = DType::f32);

  Graph& graph;
  bool activated = false;  ///< `input` and `image` give the tanh of what they would
  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }

 private:
  [[nodiscard]] ValueId find(const std::string& name) const;
  ValueId leaf(const std::string& name, bool batched, DType dtype, const Fill& fill, bool differentiated);
  ValueId once(const std::string& key, const std::function<ValueId()>& make);
  golden::Tensor numbers(const std::string& name, bool batched, const Fill& fill) const;
  ValueId add_parameter(const std::string& name, const Sizes& shape, StoredOrder stored, const Fill& fill,
                        ParameterKind kind, DType dtype);

  const Instance& instance_;
  std::int64_t rows_;
  std::vector<Input> inputs_;
  std::map<std::string, ValueId> made_;  ///< what stands between a leaf and the op
};

/// Numbers of a shape, the same for the same name and size.
[[nodiscard]] golden::Tensor random_numbers(const Sizes& shape, const std::string& name, const Fill& fill);

struct OpCase {
  std::string name;                        ///< the op's, and what is special: "batch_norm_eval"
  std::function<ValueId(Builder&)> build;  ///< inputs, the op, its output
  std::vector<Instance> instances = {};    ///< random numbers, for all checks
  std::vector<std::string> golden = {};    ///< names in golden/ops.json whose values and gradients build must give
  std::function<bool(const Instance&)> accepts = {};  ///< which of those golden cases are this one's; all if empty
  double nmse = 1e-10;                                ///< float against double: sum of squared errors / sum of squares
  bool couples_rows = false;                          ///< a row's result depends on the others
};

/// All declared cases, in the order of their names.
[[nodiscard]] const std::vector<OpCase>& cases();

/// Declares a case: one at namespace scope for each op (`const Declare relu({...})`).
struct Declare {
  explicit Declare(OpCase c);
};

/// [rows, features] below, at and above a vector's width, and enough of both to be cut.
[[nodiscard]] std::vector<Instance> elementwise_instances(const std::vector<std::string>& inputs,
                                                          const Json& options = Json::object());

}  // namespace trainyard::testing_ops
