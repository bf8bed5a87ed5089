#include "train/model.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/error.hpp"
#include "core/memory.hpp"
#include "core/suggest.hpp"
#include "initializers/initializer.hpp"
#include "train/stored.hpp"

namespace trainyard {
namespace {

/// Throws OUT_OF_MEMORY for more parameters than can be trained here, before anything is made.
void require_room(const ParameterTable& table, Precision precision) {
  double bytes = 0;  // a value and a gradient each; in double, because a sum of counts may not fit 64 bits
  for (const Parameter& p : table.all()) {
    bytes += 2 * static_cast<double>(p.shape.size()) * static_cast<double>(element_size(DType::f32, precision));
  }
  require_memory(static_cast<std::uint64_t>(std::min(bytes, 0x1p63)), "model");
}

/// As C++ converts, but for what does not fit an integer (files hold what they like): the nearest that does.
template <class To, class From>
To convert(From x) {
  if constexpr (std::is_integral_v<To>) {
    if (std::isnan(x)) return 0;
    constexpr auto low = static_cast<double>(std::numeric_limits<To>::min());
    constexpr auto high = static_cast<double>(std::numeric_limits<To>::max());
    return static_cast<To>(std::clamp(static_cast<double>(x), low, high));
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace

Model::Model(Json description, ModelOptions options)
    : description_(std::move(description)), options_(std::move(options)) {
  if (options_.inputs.empty()) throw Error(ErrorCode::missing_option, "input", "[…]", "");
  Graph graph(table_);
  std::vector<ValueId> inputs;
  const Network network = build(graph, true, inputs);
  for (const auto& [name, value] : network.outputs) outputs_.emplace_back(name, graph.type(value));
  for (const ValueId v : inputs) {
    limits_.push_back(graph.type(v).dtype == DType::i32 ? std::optional(graph[v].limits) : std::nullopt);
  }
  require_room(table_, options_.precision);
  places_ = place_parameters(table_, options_.precision);
  parameters_ = Arena(places_.parameter_bytes, "model");
  gradients_ = Arena(places_.parameter_bytes, "model");
  state_ = Arena(places_.state_bytes, "model");
  initialize(options_.seed);
}

std::vector<std::pair<std::string, ValueId>> ModelOptions::add_inputs(Graph& graph, std::vector<ValueId>& ids) const {
  std::vector<std::pair<std::string, ValueId>> named;
  for (const ModelInput& input : inputs) {
    ids.push_back(graph.input(input.name, {.shape = input.shape, .dtype = input.dtype}));
    named.emplace_back(input.name, ids.back());
  }
  return named;
}

Network Model::build(Graph& graph, bool training, std::vector<ValueId>& inputs) const {
  return build_network(description_, graph, training, options_.add_inputs(graph, inputs));
}

void Model::initialize(std::uint64_t seed) {
  std::vector<float> numbers;
  for (std::size_t i = 0; i < table_.all().size(); ++i) {
    const Parameter& p = table_.all()[i];
    numbers.assign(static_cast<std::size_t>(p.shape.size()), 0.0F);
    if (p.dtype == DType::f32) {
      const std::string& name = p.names.front();
      const std::string path = p.layer + "." + name.substr(name.rfind('.') + 1) + "Init";
      trainyard::initialize(*parse_initializer(parse_json(p.initializer, path), path),
                            {numbers, p.shape, {p.fan_in, p.fan_out}}, seed, p.names.front());
    }
    write({static_cast<std::int32_t>(i)}, numbers);
  }
}

namespace {

/// Calls f(pointer) with the parameter's memory as the type it is stored in.
template <class F>
void with_memory(const Parameter& p, Precision precision, std::byte* at, F f) {
  if (p.dtype == DType::i32) {
    f(reinterpret_cast<std::int32_t*>(at));
  } else if (precision == Precision::f64) {
    f(reinterpret_cast<double*>(at));
  } else {
    f(reinterpret_cast<float*>(at));
  }
}

}  // namespace

template <class T>
void Model::read_as(ParamId id, std::span<T> out, Content content) const {
  const Parameter& p = table_[id];
  const Location at = places_.where[id.index()];
  const bool is_state = at.block == Block::state;
  std::byte* base = is_state ? state_.data() : (content == Content::gradient ? gradients_ : parameters_).data();
  if (static_cast<std::int64_t>(out.size()) != p.shape.size()) {
    throw Error(ErrorCode::parameter_mismatch, p.names.front(), std::to_string(p.shape.size()),
                std::to_string(out.size()));
  }
  if (is_state && content == Content::gradient) {
    std::ranges::fill(out, T(0));
    return;
  }
  with_memory(p, precision(), base + at.offset, [&](const auto* from) {
    each_stored(p, [&](std::int64_t i, std::int64_t s) { out[static_cast<std::size_t>(i)] = static_cast<T>(from[s]); });
  });
}

template <class T>
void Model::write_as(ParamId id, std::span<const T> numbers) {
  const Parameter& p = table_[id];
  const Location at = places_.where[id.index()];
  if (static_cast<std::int64_t>(numbers.size()) != p.shape.size()) {
    throw Error(ErrorCode::parameter_mismatch, p.names.front(), text(p.shape) + " = " + std::to_string(p.shape.size()),
                std::to_string(numbers.size()));
  }
  touch();
  with_memory(p, precision(), (at.block == Block::state ? state_ : parameters_).data() + at.offset, [&](auto* to) {
    using To = std::remove_pointer_t<decltype(to)>;
    each_stored(p, [&](std::int64_t i, std::int64_t s) { to[s] = convert<To>(numbers[static_cast<std::size_t>(i)]); });
  });
}

void Model::read_difference(ParamId id, const std::byte* before, std::span<float> out) const {
  const Parameter& p = table_[id];
  const Location at = places_.where[id.index()];
  std::ranges::fill(out, 0.0F);
  if (at.block == Block::state) return;
  with_memory(p, precision(), parameters_.data() + at.offset, [&](const auto* now) {
    const auto* then = reinterpret_cast<decltype(now)>(before + at.offset);
    each_stored(p, [&](std::int64_t i, std::int64_t s) {
      out[static_cast<std::size_t>(i)] = static_cast<float>(now[s] - then[s]);
    });
  });
}

void Model::read(ParamId id, std::span<float> out, Content content) const { read_as(id, out, content); }
void Model::read(ParamId id, std::span<double> out, Content content) const { read_as(id, out, content); }
void Model::write(ParamId id, std::span<const float> numbers) { write_as(id, numbers); }
void Model::write(ParamId id, std::span<const double> numbers) { write_as(id, numbers); }

void Model::write_one(ParamId id, std::int64_t index, double number) {
  const Parameter& p = table_[id];
  if (index < 0 || index >= p.shape.size()) {
    throw Error(ErrorCode::invalid_value, p.names.front(), "[0, " + std::to_string(p.shape.size()) + ")",
                std::to_string(index));
  }
  std::vector<double> all(static_cast<std::size_t>(p.shape.size()));
  read(id, std::span<double>(all));
  all[static_cast<std::size_t>(index)] = number;
  write(id, std::span<const double>(all));
}

ParamId Model::find(std::string_view name) const {
  const ParamId id = table_.find(name);
  if (id.valid()) return id;
  std::vector<std::string_view> known;
  for (const Parameter& p : table_.all()) known.insert(known.end(), p.names.begin(), p.names.end());
  throw unknown_name(ErrorCode::parameter_mismatch, "parameters", name, known);
}

void Model::freeze(ParamId id, bool frozen) {
  if (table_[id].frozen == frozen) return;
  table_[id].frozen = frozen;
  if (frozen && table_[id].kind != ParameterKind::state) {
    // Norms and clipping run over the whole block: what is frozen must count for nothing there.
    const Parameter& p = table_[id];
    std::memset(gradients_.data() + places_.where[id.index()].offset, 0,
                static_cast<std::size_t>(p.shape.size()) * element_size(p.dtype, precision()));
  }
  ++structure_;
}

}  // namespace trainyard
