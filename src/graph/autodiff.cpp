#include "graph/autodiff.hpp"

#include <ranges>
#include <string>

#include "core/error.hpp"
#include "graph/inserted_ops.hpp"

namespace trainyard {
namespace {

/// Values whose gradient is needed: trained parameters, `extra`, and all that depends on them.
std::vector<char> find_wanted(const Graph& graph, std::span<const ValueId> extra) {
  std::vector<char> wanted(graph.value_count(), 0);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Value& v = graph[ValueId{static_cast<std::int32_t>(i)}];
    wanted[i] = v.role == Role::parameter && graph.parameters()[v.parameter].trained() ? 1 : 0;
  }
  for (const ValueId v : extra) wanted[v.index()] = 1;
  for (const NodeId n : graph.order()) {
    char any = 0;
    for (const ValueId v : graph[n].inputs) any = any != 0 || (v.valid() && wanted[v.index()] != 0) ? 1 : 0;
    for (const ValueId v : graph[n].outputs) {
      if (any != 0 && graph.type(v).dtype == DType::f32) wanted[v.index()] = 1;
    }
  }
  return wanted;
}

}  // namespace

ValueId Gradient::in(std::size_t i) const {
  const auto& inputs = graph_[node_].inputs;
  return i < inputs.size() ? inputs[i] : ValueId{};
}

std::vector<ValueId> differentiate(Graph& graph, ValueId loss, ValueId seed, std::span<const ValueId> extra) {
  const std::vector<char> wanted = find_wanted(graph, extra);
  std::vector<ValueId> d(graph.value_count());
  d[loss.index()] = seed;
  const std::vector<NodeId> forward(graph.order().begin(), graph.order().end());
  graph.backward = true;
  for (const NodeId n : std::views::reverse(forward)) {
    const std::vector<ValueId> inputs = graph[n].inputs;
    std::vector<ValueId> d_outputs;
    bool reached = false;
    for (const ValueId v : graph[n].outputs) {
      d_outputs.push_back(d[v.index()]);
      reached = reached || d_outputs.back().valid();
    }
    std::vector<char> wants;
    bool any = false;
    for (const ValueId v : inputs) {
      wants.push_back(v.valid() ? wanted[v.index()] : char{0});
      any = any || wants.back() != 0;
    }
    if (!reached || !any) continue;
    const Op& op = *graph[n].op;
    if (op.gradient == nullptr) {
      throw Error(ErrorCode::not_supported, graph[n].path, "", std::string(op.name),
                  {"no_gradient", std::string(op.name)});
    }
    const Graph::Scope scope(graph, graph[n].path, graph[n].name);
    Gradient gradient(graph, n, d_outputs, wants);
    op.gradient(gradient);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ValueId dx = gradient.d_inputs()[i];
      if (wants[i] == 0 || !dx.valid()) continue;
      ValueId& sum = d[inputs[i].index()];
      sum = sum.valid() ? graph.add(ops::add, {sum, dx}) : dx;
    }
  }
  for (std::size_t i = 0; i < d.size(); ++i) {
    const ValueId v{static_cast<std::int32_t>(i)};
    if (!d[i].valid() || graph[v].role != Role::parameter || wanted[i] == 0) continue;
    // Two parameters may have been handed the same gradient (a sum of both): each needs a place of its own.
    if (graph[d[i]].is_gradient || graph[d[i]].role != Role::computed) d[i] = graph.add(ops::identity, {d[i]});
    graph[d[i]].is_gradient = true;
    graph[d[i]].parameter = graph[v].parameter;
    graph.keep(d[i]);
  }
  graph.backward = false;
  return d;
}

}  // namespace trainyard
