// The plan: the graph as a flat list of calls over memory whose every place is fixed. Plain data: ops, attributes,
// value ids and offsets, no pointers into memory; an executor binds it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/shape.hpp"
#include "graph/graph.hpp"

namespace trainyard {

/// Memory by role. Parameters, gradients and state belong to the model and outlive plans.
enum class Block : std::uint8_t { activations, parameters, gradients, state, constants };
inline constexpr std::size_t block_count = 5;

struct Location {
  Block block = Block::activations;
  std::uint64_t offset = 0;  ///< bytes; in 64 bits, because a plan that is only counted may be larger than the memory
};

/// Where a model's parameters lie: trained ones contiguous by kind (weights, then the rest), so that an optimizer, a
/// norm or a checkpoint is one pass. Offsets are the same in the parameter and the gradient block.
struct ParameterPlaces {
  std::vector<Location> where;  ///< by ParamId
  std::size_t parameter_bytes = 0;
  std::size_t state_bytes = 0;
};
[[nodiscard]] ParameterPlaces place_parameters(const ParameterTable& table, Precision precision);

struct PlanStep {
  const Op* op = nullptr;
  Attributes attributes;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::string path;
  std::string name;
  std::uint64_t stream = 0;
  bool backward = false;
};

struct PlanValue {
  ValueType type;
  Location where;
  std::string name;
  Role role = Role::computed;
  std::uint64_t bytes = 0;
  int first = 0;  ///< step that writes it (-1: before the first)
  int last = 0;   ///< last step that reads it
};

struct Plan {
  std::vector<PlanStep> steps;
  std::vector<PlanValue> values;                                        ///< by ValueId; dead values have bytes 0
  std::vector<std::pair<std::uint64_t, std::vector<float>>> constants;  ///< offset, numbers
  std::int64_t capacity = 0;                                            ///< rows
  Precision precision = Precision::f32;
  std::array<std::uint64_t, block_count> bytes{};  ///< of activations and constants; the model knows the others
  std::size_t scratch = 0;                         ///< bytes shared by a call
  std::size_t scratch_per_thread = 0;
  std::uint64_t unplanned = 0;  ///< activations without reuse, for comparison
};

struct PlanOptions {
  std::int64_t capacity = 1;
  Precision precision = Precision::f32;
  bool keep_all = false;  ///< no value's place is reused: inspection, slow motion
  bool counts = false;    ///< the plan is never bound to memory: no number of bytes below 2^59 is too large (places are
                          ///< multiples of 64: a double holds them exactly)
};

/// Measures lifetimes and gives every value its place, in the order of the graph. Throws OUT_OF_MEMORY, with the
/// number of bytes, where no memory could hold it.
[[nodiscard]] Plan make_plan(const Graph& graph, const ParameterPlaces& places, const PlanOptions& options);

}  // namespace trainyard
