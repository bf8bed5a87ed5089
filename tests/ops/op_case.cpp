#include "ops/op_case.hpp"

#include <algorithm>
#include <numeric>

#include "core/random.hpp"
#include "ops/all.hpp"

namespace trainyard::testing_ops {
namespace {

std::vector<OpCase>& mutable_cases() {
  static std::vector<OpCase> list;
  return list;
}

double step_of(const Fill& fill) { return (fill.high - fill.low) / 256; }

/// 0 … n-1 in random order.
std::vector<double> shuffled(std::size_t n, Random& random) {
  std::vector<double> order(n);
  std::iota(order.begin(), order.end(), 0.0);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  return order;
}

}  // namespace

const std::vector<OpCase>& cases() { return mutable_cases(); }

Declare::Declare(OpCase c) {
  auto& list = mutable_cases();
  list.insert(std::ranges::upper_bound(list, c.name, {}, &OpCase::name), std::move(c));
}

std::vector<Instance> elementwise_instances(const std::vector<std::string>& inputs, const Json& options) {
  std::vector<Instance> instances;
  for (const Sizes& sizes : {Sizes{1, 1}, Sizes{3, 3}, Sizes{2, 4}, Sizes{3, 17}, Sizes{2, 3, 2, 3}}) {
    Instance& s = instances.emplace_back();
    s.options = options;
    for (const std::string& name : inputs) s.shapes[name] = sizes;
  }
  return instances;
}

Builder::Builder(const Instance& instance, Graph& g, std::int64_t rows) : graph(g), instance_(instance), rows_(rows) {}

Shape Builder::shape(const std::string& name, bool batched) const {
  const Sizes& sizes = instance_.shapes.at(name);
  return Shape(std::span(sizes).subspan(batched ? 1 : 0));
}

ValueId Builder::find(const std::string& name) const {
  for (const Input& i : inputs_) {
    if (i.name == name) return i.value;
  }
  return {};
}

golden::Tensor random_numbers(const Sizes& shape, const std::string& name, const Fill& fill) {
  std::int64_t size = 1;
  for (const std::int64_t s : shape) size *= s;
  golden::Tensor t{shape, "f64", std::vector<double>(static_cast<std::size_t>(size))};
  Random random(17, name, static_cast<std::uint64_t>(size));
  if (fill.kind == Fill::Kind::distinct) {
    t.values = shuffled(t.values.size(), random);
    const std::int64_t middle = size / 2;
    for (double& v : t.values) v = (v - static_cast<double>(middle)) / 64;
    return t;
  }
  for (double& v : t.values) {
    if (fill.kind == Fill::Kind::ids) {
      v = random.below(static_cast<std::uint32_t>(fill.high));
    } else {
      v = fill.low + step_of(fill) * (random.below(256) + (fill.kind == Fill::Kind::uniform ? 0.5 : 0.0));
    }
  }
  return t;
}

golden::Tensor Builder::numbers(const std::string& name, bool batched, const Fill& fill) const {
  if (instance_.golden != nullptr) return instance_.golden->inputs.at(name);
  Sizes shape = instance_.shapes.at(name);
  if (batched && rows_ > 0) shape[0] = rows_;
  return random_numbers(shape, name, fill);
}

ValueId Builder::leaf(const std::string& name, bool batched, DType dtype, const Fill& fill, bool differentiated) {
  if (!has(name)) return {};
  if (const ValueId known = find(name); known.valid()) return known;
  const ValueId v = graph.input(name, {.shape = shape(name, batched), .batched = batched, .dtype = dtype});
  inputs_.push_back({.name = name,
                     .value = v,
                     .stored = as_is,
                     .numbers = numbers(name, batched, fill),
                     .batched = batched,
                     .differentiated = differentiated});
  return v;
}

ValueId Builder::once(const std::string& key, const std::function<ValueId()>& make) {
  const auto [at, added] = made_.try_emplace(key);
  if (added) at->second = make();
  return at->second;
}

ValueId Builder::input(const std::string& name, Fill fill) {
  const ValueId v = leaf(name, true, DType::f32, fill, true);
  if (!v.valid() || !activated) return v;
  return once(name, [&] { return graph.add(ops::tanh, {v}); });
}

ValueId Builder::image(const std::string& name, Fill fill) {
  const ValueId v = leaf(name, true, DType::f32, fill, true);
  if (!v.valid()) return v;
  return once(name, [&] {
    const ValueId last = graph.channels_last(v);
    return activated ? graph.add(ops::tanh, {last}) : last;
  });
}

ValueId Builder::unbatched(const std::string& name, Fill fill) { return leaf(name, false, DType::f32, fill, true); }

ValueId Builder::target(const std::string& name, Fill fill) { return leaf(name, true, DType::f32, fill, false); }

ValueId Builder::ids(const std::string& name, std::int64_t count) {
  return leaf(name, true, DType::i32, {.high = static_cast<double>(count), .kind = Fill::Kind::ids}, false);
}

ValueId Builder::add_parameter(const std::string& name, const Sizes& shape, StoredOrder stored, const Fill& fill,
                               ParameterKind kind, DType dtype) {
  if (const ValueId known = find(name); known.valid()) return known;
  Parameter p;
  p.names = {name};
  p.shape = Shape(std::span(shape));
  p.stored = stored;
  p.kind = kind;
  p.dtype = dtype;
  const ValueId v = graph.parameter(graph.parameters().get(p));
  const bool state = kind == ParameterKind::state;
  inputs_.push_back({.name = name,
                     .value = v,
                     .stored = stored,
                     .numbers = has(name) ? numbers(name, false, fill) : random_numbers(shape, name, fill),
                     .batched = false,
                     .differentiated = !state,
                     .state = state});
  return v;
}

ValueId Builder::parameter(const std::string& name, StoredOrder stored, Fill fill) {
  if (!has(name)) return {};
  return add_parameter(name, instance_.shapes.at(name), stored, fill, ParameterKind::weight, DType::f32);
}

ValueId Builder::parameter(const std::string& name, const Sizes& shape, StoredOrder stored) {
  return add_parameter(name, shape, stored, {}, ParameterKind::weight, DType::f32);
}

ValueId Builder::state(const std::string& name, Fill fill, DType dtype) {
  if (!has(name)) return {};
  return add_parameter(name, instance_.shapes.at(name), as_is, fill, ParameterKind::state, dtype);
}

}  // namespace trainyard::testing_ops
