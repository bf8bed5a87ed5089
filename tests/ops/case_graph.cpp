#include "ops/case_graph.hpp"

#include <algorithm>
#include <bit>

#include "core/arena.hpp"
#include "executors/cpu.hpp"
#include "graph/autodiff.hpp"
#include "graph/passes/passes.hpp"
#include "graph/verify.hpp"
#include "ops/all.hpp"

namespace trainyard::testing_ops {
namespace {

Sizes sizes_of(const ValueType& type, std::int64_t rows) {
  Sizes sizes(type.shape.dims().begin(), type.shape.dims().end());
  if (type.batched) sizes.insert(sizes.begin(), rows);
  return sizes;
}

std::int64_t product(const Sizes& sizes) {
  std::int64_t n = 1;
  for (const std::int64_t s : sizes) n *= s;
  return n;
}

/// Calls f(index in PyTorch's order, index in stored order) for every element.
template <class F>
void for_each_stored(const Sizes& shape, StoredOrder stored, F f) {
  const std::size_t rank = shape.size();
  std::vector<std::int64_t> stride(rank, 1);
  for (std::size_t i = rank; i > 1; --i) stride[i - 2] = stride[i - 1] * shape[i - 1];
  std::vector<std::int64_t> at(rank, 0);
  const auto axis = [&](std::size_t i) { return stored == as_is ? i : std::size_t{stored.order[i]}; };
  for (std::int64_t n = 0; n < product(shape); ++n) {
    std::int64_t from = 0;
    for (std::size_t i = 0; i < rank; ++i) from += at[i] * stride[axis(i)];
    f(static_cast<std::size_t>(from), static_cast<std::size_t>(n));
    for (std::size_t i = rank; i > 0; --i) {
      if (++at[i - 1] < shape[axis(i - 1)]) break;
      at[i - 1] = 0;
    }
  }
}

/// How often a parameter's stored order must be known again: by the value that has its shape.
StoredOrder order_of(const std::vector<Builder::Input>& inputs, ValueId v) {
  const auto at = std::ranges::find(inputs, v, &Builder::Input::value);
  return at == inputs.end() ? as_is : at->stored;
}

}  // namespace

std::vector<double> to_stored(const Sizes& shape, StoredOrder stored, const std::vector<double>& numbers) {
  std::vector<double> out(static_cast<std::size_t>(product(shape)));
  for_each_stored(shape, stored, [&](std::size_t torch, std::size_t memory) { out[memory] = numbers[torch]; });
  return out;
}

std::vector<double> from_stored(const Sizes& shape, StoredOrder stored, const std::vector<double>& numbers) {
  std::vector<double> out(static_cast<std::size_t>(product(shape)));
  for_each_stored(shape, stored, [&](std::size_t torch, std::size_t memory) { out[torch] = numbers[memory]; });
  return out;
}

void CaseGraph::read_inputs(const Builder& builder) {
  inputs = builder.inputs();
  for (const Builder::Input& i : inputs) {
    if (i.batched) rows = i.numbers.shape.at(0);
  }
  if (rows == 0) rows = 1;
}

CaseGraph::CaseGraph(const OpCase& c, const Instance& instance, const GraphOptions& options) {
  Builder builder(instance, graph, options.rows);
  const Graph::Scope scope(graph, "case " + c.name, c.name);
  builder.activated = options.activated;
  ValueId y = c.build(builder);
  if (options.then != nullptr) y = graph.add(*options.then, {y});
  if (options.twice) y = graph.add(ops::add, {y, c.build(builder)});
  y = graph.channels_first(y);
  read_inputs(builder);
  graph.keep(y);
  results.push_back({"output", y, as_is, sizes_of(graph.type(y), rows), graph.type(y).batched});
  if (options.gradients) {
    const ValueType type = graph.type(y);
    const ValueId seed = graph.input("cotangent", type, Role::seed);
    inputs.push_back({.name = "cotangent",
                      .value = seed,
                      .stored = as_is,
                      .numbers = instance.golden != nullptr ? instance.golden->cotangent
                                                            : random_numbers(sizes_of(type, rows), "cotangent", {}),
                      .batched = type.batched,
                      .differentiated = false});
    const auto is_wanted = [&](const Builder::Input& i) {
      return i.differentiated && (options.only.empty() || i.name == options.only);
    };
    std::vector<ValueId> wanted;
    for (const Builder::Input& i : inputs) {
      if (is_wanted(i)) {
        wanted.push_back(i.value);
      } else if (i.differentiated && graph[i.value].role == Role::parameter) {
        table[graph[i.value].parameter].frozen = true;
      }
    }
    const std::vector<ValueId> d = differentiate(graph, y, seed, wanted);
    for (const Builder::Input& i : inputs) {
      if (!is_wanted(i)) continue;
      const ValueId gradient = d[i.value.index()];
      if (!gradient.valid()) throw Error(ErrorCode::internal, c.name, "gradient of " + i.name, "none");
      graph.keep(gradient);
      results.push_back({"gradient of " + i.name, gradient, order_of(inputs, i.value), i.numbers.shape, i.batched});
    }
  }
  const auto readers = graph.readers();
  for (const Builder::Input& i : inputs) {
    if (i.state && !readers[i.value.index()].empty())
      results.push_back({"state " + i.name, i.value, i.stored, i.numbers.shape, false});
  }
  verify(graph);
  if (options.optimized) optimize(graph);
}

Results run_planned(const CaseGraph& g, const RunOptions& options, ThreadPool& pool, bool keep_all) {
  const std::int64_t rows = options.rows > 0 ? options.rows : g.rows;
  const std::int64_t capacity = options.capacity > 0 ? options.capacity : rows;
  const ParameterPlaces places = place_parameters(g.table, options.precision);
  const Arena parameters(places.parameter_bytes), gradients(places.parameter_bytes), state(places.state_bytes);
  CpuExecutor executor(
      make_plan(g.graph, places, {.capacity = capacity, .precision = options.precision, .keep_all = keep_all}),
      {parameters.data(), gradients.data(), state.data()}, pool);
  executor.share_from(0, 0);
  const bool wide = options.precision == Precision::f64;
  for (const Builder::Input& i : g.inputs) {
    Sizes shape = i.numbers.shape;
    if (i.batched) shape[0] = rows;
    if (executor.at(i.value) == nullptr) continue;
    const std::vector<double> numbers = to_stored(shape, i.stored, i.numbers.values);
    const DType dtype = g.graph.type(i.value).dtype;
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      if (dtype == DType::i32) {
        executor.at<std::int32_t>(i.value)[n] = static_cast<std::int32_t>(numbers[n]);
      } else if (wide) {
        executor.at<double>(i.value)[n] = numbers[n];
      } else {
        executor.at<float>(i.value)[n] = static_cast<float>(numbers[n]);
      }
    }
  }
  executor.run(rows, options.context);
  Results results;
  for (const CaseGraph::Result& r : g.results) {
    Sizes shape = r.shape;
    if (r.batched) shape[0] = rows;
    std::vector<double> numbers(static_cast<std::size_t>(product(shape)));
    const DType dtype = g.graph.type(r.value).dtype;
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      numbers[n] = dtype == DType::i32 ? executor.at<std::int32_t>(r.value)[n]
                   : wide              ? executor.at<double>(r.value)[n]
                                       : static_cast<double>(executor.at<float>(r.value)[n]);
    }
    results[r.name] = from_stored(shape, r.stored, numbers);
  }
  return results;
}

std::string difference(const CaseGraph& g, const Results& a, const Results& b, std::int64_t rows) {
  std::string out;
  for (const CaseGraph::Result& r : g.results) {
    const std::vector<double>& x = a.at(r.name);
    const std::vector<double>& y = b.at(r.name);
    std::size_t count = std::max(x.size(), y.size());
    if (rows > 0) {
      if (!r.batched) continue;
      count = static_cast<std::size_t>(product(r.shape) / r.shape[0] * rows);
    }
    bool same = count <= x.size() && count <= y.size();
    for (std::size_t i = 0; same && i < count; ++i) {
      same = std::bit_cast<std::uint64_t>(x[i]) == std::bit_cast<std::uint64_t>(y[i]);
    }
    if (!same) out += (out.empty() ? "" : ", ") + r.name;
  }
  return out;
}

}  // namespace trainyard::testing_ops
