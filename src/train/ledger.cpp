#include "train/ledger.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "optimizers/optimizer.hpp"
#include "train/compile.hpp"
#include "train/formula.hpp"
#include "train/options.hpp"

namespace trainyard {
namespace {

struct LedgerOptions {
  std::int64_t batch_size = 1;
  std::optional<std::int64_t> micro_batch_size;
  bool recompute = false;
  const Json* loss = nullptr;
  const Json* optimizer = nullptr;
  Json inputs = Json::object();

  template <class V>
  void visit(V& v) {
    v("batchSize", batch_size, at_least_one);
    v("microBatchSize", micro_batch_size, at_least_one);
    v("recompute", recompute);
    loss = v.raw("loss");
    optimizer = v.raw("optimizer");
    for (const char* key : {"input", "inputs"}) {
      if (const Json* value = v.raw(key)) put(inputs, key, *value);
    }
  }
};

/// Multiply-adds of a node for one row.
double multiply_adds(const Graph& graph, const Node& node) {
  if (node.op->multiply_adds == nullptr) return 0;
  std::array<const ValueType*, max_inputs> in{};
  std::array<const ValueType*, max_outputs> out{};
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    in[i] = node.inputs[i].valid() ? &graph.type(node.inputs[i]) : nullptr;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) out[i] = &graph.type(node.outputs[i]);
  return node.op->multiply_adds({in, out, &node.attributes, 1, Precision::f32});
}

/// What a target has to be where no data say it: class ids for a loss that takes them.
ValueType usual_target(const Loss& loss, const ValueType& output) {
  const auto dims = output.shape.dims();
  if (loss.classes(output) == 0 || dims.empty()) return {.shape = output.shape};
  return {.shape = Shape(dims.first(dims.size() - 1)), .dtype = DType::i32};
}

/// Positions of a sample that is a sequence, else 0. An embedding has made its input one of ids.
std::int64_t tokens(const ValueType& input) {
  const int axes = input.dtype == DType::i32 ? 1 : 2;
  return input.shape.rank() == axes ? input.shape[0] : 0;
}

// Counts are summed in double: exact up to 2^53, and no sum of sizes overflows.
struct Counts {
  double parameters = 0, trainable = 0, state = 0;

  void add(const Parameter& p) {
    const auto size = static_cast<double>(p.shape.size());
    (p.kind == ParameterKind::state ? state : parameters) += size;
    if (p.trained()) trainable += size;
  }
};

}  // namespace

Json ledger(const Json& description, const Json& options) {
  const auto wanted = parse_options<LedgerOptions>(options, "ledger");
  const ModelOptions model = read_model_options(wanted.inputs);
  const std::unique_ptr<Loss> loss = parse_loss(wanted.loss == nullptr ? Json("crossEntropy") : *wanted.loss);
  const Optimizer optimizer = parse_optimizer(wanted.optimizer == nullptr ? Json("adam") : *wanted.optimizer);

  ParameterTable table;
  Graph graph(table);
  Compiled steps;
  Network network = build_network(description, graph, true, model.add_inputs(graph, steps.inputs));

  const std::int64_t length = tokens(graph.type(steps.inputs.front()));

  std::unordered_map<std::string, double> products;  // by the layer's path
  double all_products = 0;
  for (const NodeId n : graph.order()) {
    const double count = multiply_adds(graph, graph[n]);
    products[graph[n].path] += count;
    all_products += count;
  }
  Counts all;
  for (const Parameter& p : table.all()) all.add(p);

  Json layers = Json::array();
  std::vector<char> counted(table.all().size());
  for (const LayerRecord& layer : network.layers) {
    std::vector<ParamId> own;
    Counts counts;
    for (const ParamId id : layer.parameters) {
      if (counted[id.index()] != 0) continue;
      counted[id.index()] = 1;
      own.push_back(id);
      counts.add(table[id]);
    }
    layers.push_back(json_object("path", layer.path, "name", layer.name, "type", layer.type, "parameters",
                                 counts.parameters, "formula", formula(table, own), "multiplyAdds",
                                 std::exchange(products[layer.path], 0), "share",
                                 all.parameters > 0 ? counts.parameters / all.parameters : 0.0));
  }

  const std::int64_t at_once = std::min(wanted.batch_size, wanted.micro_batch_size.value_or(wanted.batch_size));
  CompileOptions purpose;
  purpose.mode = Mode::train;
  purpose.capacity = at_once;
  purpose.recompute = wanted.recompute;
  purpose.loss = loss.get();
  purpose.target = usual_target(*loss, graph.type(network.outputs.front().second));
  write_steps(graph, std::move(network), purpose, steps);
  const int gradients = at_once < wanted.batch_size ? 2 : 1;

  const auto bytes = [](double numbers) { return 4 * numbers; };
  Json result = json_object("parameters", all.parameters, "trainable", all.trainable, "multiplyAdds", all_products);
  if (length > 0) {
    put(result, "multiplyAddsPerToken", all_products / static_cast<double>(length));
  }
  put(result, "bytes",
      json_object("weights", bytes(all.parameters + all.state), "gradients", gradients * bytes(all.trainable),
                  "optimizer", optimizer.slots() * bytes(all.trainable), "activations",
                  activation_bytes(graph, at_once)));
  put(result, "layers", std::move(layers));
  return result;
}

}  // namespace trainyard
