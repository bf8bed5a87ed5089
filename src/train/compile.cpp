#include "train/compile.hpp"

#include "graph/autodiff.hpp"
#include "graph/passes/passes.hpp"
#include "graph/print.hpp"
#include "graph/verify.hpp"

namespace trainyard {
namespace {

void add_loss(Graph& graph, const CompileOptions& options, Compiled& c) {
  const ValueType target = options.loss->target(graph.type(c.outputs.front()), options.target);
  c.target = graph.input(options.target_name, target, Role::target);
  const Graph::Scope scope(graph, "loss", "loss");
  c.loss = options.loss->build(graph, c.outputs.front(), c.target);
  graph.keep(c.loss);
}

}  // namespace

std::uint64_t activation_bytes(const Graph& graph, std::int64_t capacity) {
  ParameterPlaces nowhere;
  nowhere.where.resize(graph.parameters().all().size());
  const Plan plan = make_plan(graph, nowhere, {.capacity = capacity, .counts = true});
  return plan.bytes[static_cast<std::size_t>(Block::activations)];
}

void write_steps(Graph& graph, Network network, const CompileOptions& options, Compiled& c) {
  for (const auto& [name, value] : network.outputs) {
    c.outputs.push_back(options.finish == nullptr ? value : graph.add(*options.finish, {value}));
  }
  c.layers = std::move(network.layers);
  if (options.fuse && (options.mode == Mode::train || options.mode == Mode::evaluate)) {
    table_products(graph, options.capacity, options.learns());
  }
  if (options.mode != Mode::train || options.keep_outputs) {
    for (const ValueId v : c.outputs) graph.keep(v);
  }
  if (options.mode != Mode::predict && options.loss != nullptr) add_loss(graph, options, c);
  if (options.learns() && c.loss.valid()) {
    c.seed = graph.input("seed", {.shape = {}}, Role::seed);
    std::vector<ValueId> extra;
    if (options.input_gradients) {
      for (const ValueId v : c.inputs) {
        if (graph.type(v).dtype == DType::f32) extra.push_back(v);
      }
    }
    c.gradients = differentiate(graph, c.loss, c.seed, extra);
    if (options.input_gradients) {
      for (const ValueId d : c.gradients) {
        if (d.valid() && d != c.seed) graph.keep(d);
      }
    }
  }
  if (options.report != nullptr) *options.report += "# as built\n" + print(graph);
  const auto report = [&](std::string_view pass, const Graph& g) {
    if (options.report != nullptr) *options.report += "# after " + std::string(pass) + "\n" + print(g);
  };
  if (options.fuse) {
    optimize(graph, report);
  } else {
    dead_code(graph);
  }
  if (options.recompute) {
    Graph repeated = graph;
    recompute(repeated);
    verify(repeated);
    // What lives how long is known only when the plan is made: small networks can come to need more.
    if (activation_bytes(repeated, options.capacity) < activation_bytes(graph, options.capacity))
      graph = std::move(repeated);
    report("recompute", graph);
  }
}

Compiled compile(const Model& model, const CompileOptions& options, ThreadPool& pool) {
  ParameterTable table = model.parameters();  // a copy: plans never add parameters
  Graph graph(table);
  graph.inspected = options.mode == Mode::inspect;
  graph.shared = options.shared;
  Compiled c;
  write_steps(graph, model.build(graph, options.learns() && options.training, c.inputs), options, c);
  Plan plan = make_plan(
      graph, model.places(),
      {.capacity = options.capacity, .precision = model.precision(), .keep_all = options.mode == Mode::inspect});
  if (options.report != nullptr) *options.report += "# plan\n" + print(plan);
  c.executor = std::make_unique<CpuExecutor>(std::move(plan), model.memory(), pool);
  return c;
}

}  // namespace trainyard
