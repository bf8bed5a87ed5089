// A model as plain data: what is written, saved, linked and posted.
//
//   {"trainyard": 1, "layers": [{"type": "linear", "out": 8}, {"type": "tanh"}, …]}
//   {"trainyard": 1, "nodes": [{"name": "a", "type": "linear", "out": 8, "inputs": ["x"]}, …], "outputs": ["a"]}
//
// A layer with "shares": "a" has no parameters of its own: they are those of layer "a", and an export writes both
// names. A node with "calls": "a" in place of a type is node "a" once more, without names of its own.
// A node's inputs are names of inputs or of other nodes, in any order of the list; the default is the node
// before it.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "layers/layer.hpp"

namespace trainyard {

/// The version of descriptions that this engine reads and writes.
inline constexpr std::int64_t description_version = 1;

/// A described network written into a graph.
struct Network {
  std::vector<LayerRecord> layers;  ///< in the order of the description; composites before their parts
  std::vector<std::pair<std::string, ValueId>> outputs;  ///< users' layout (channels first)
};

/// Builds the description over named inputs. Throws UNKNOWN_LAYER, UNKNOWN_OPTION, SHAPE_MISMATCH, INVALID_GRAPH (a
/// cycle, a dangling edge, a name twice, more than 100,000 nodes), … with the layer's path.
[[nodiscard]] Network build_network(const Json& description, Graph& graph, bool training,
                                    const std::vector<std::pair<std::string, ValueId>>& inputs);

}  // namespace trainyard
