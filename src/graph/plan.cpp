#include "graph/plan.hpp"

#include <algorithm>
#include <limits>

#include "core/arena.hpp"
#include "core/memory.hpp"
#include "core/random.hpp"

namespace trainyard {
namespace {

/// Best fit over a free list, in the order of the steps: the idea of ggml's and tinygrad's planners.
/// Counts in 64 bits: on a 32-bit machine a plan too large for it must be noticed, not wrap around.
class Placer {
 public:
  explicit Placer(std::uint64_t limit) : limit_(limit) {}

  /// Throws OUT_OF_MEMORY past the limit.
  std::uint64_t take(std::uint64_t bytes) {
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      if (it->bytes >= bytes && (best == free_.end() || it->bytes < best->bytes)) best = it;
    }
    if (best == free_.end()) return grow(bytes);
    const std::uint64_t offset = best->offset;
    best->offset += bytes;
    best->bytes -= bytes;
    if (best->bytes == 0) free_.erase(best);
    return offset;
  }

  void give_back(std::uint64_t offset, std::uint64_t bytes) {
    Span s{offset, bytes};
    for (auto it = free_.begin(); it != free_.end();) {
      if (it->offset + it->bytes == s.offset || s.offset + s.bytes == it->offset) {
        s = {std::min(s.offset, it->offset), s.bytes + it->bytes};
        it = free_.erase(it);
      } else {
        ++it;
      }
    }
    free_.push_back(s);
  }

  [[nodiscard]] std::uint64_t top() const { return top_; }

 private:
  struct Span {
    std::uint64_t offset, bytes;
  };
  /// New space at the top, starting with a free span that ends there.
  std::uint64_t grow(std::uint64_t bytes) {
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      if (it->offset + it->bytes != top_) continue;
      const std::uint64_t offset = it->offset;
      free_.erase(it);
      return raise(offset, bytes);
    }
    return raise(top_, bytes);
  }
  std::uint64_t raise(std::uint64_t offset, std::uint64_t bytes) {
    top_ = offset + bytes;
    require_memory(top_, "activations", limit_);
    return offset;
  }
  std::uint64_t limit_;
  std::vector<Span> free_;
  std::uint64_t top_ = 0;
};

/// Throws OUT_OF_MEMORY above the limit.
std::uint64_t bytes_of(const ValueType& type, std::int64_t rows, Precision precision,
                       std::uint64_t limit = memory_limit()) {
  const std::uint64_t size = element_size(type.dtype, precision);
  const auto width = static_cast<std::uint64_t>(type.shape.size());
  const std::uint64_t count = type.batched ? static_cast<std::uint64_t>(rows) : 1;
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t bytes = width != 0 && count > most / size / width ? most : count * width * size;
  require_memory(bytes, "activations", limit);
  return (bytes + alignment - 1) / alignment * alignment;
}

class Planner {
 public:
  Planner(const Graph& graph, const ParameterPlaces& places, const PlanOptions& options)
      : graph_(graph), places_(places), options_(options), limit_(options.counts ? 1ULL << 59 : memory_limit()) {
    plan_.capacity = options.capacity;
    plan_.precision = options.precision;
  }

  Plan make() {
    for (const NodeId n : graph_.order()) add_step(graph_[n]);
    describe_values();
    measure_lives();
    place_fixed();
    place_activations();
    if (!options_.counts) measure_scratch();
    return std::move(plan_);
  }

 private:
  void add_step(const Node& n) {
    PlanStep s;
    s.op = n.op;
    s.attributes = n.attributes;
    s.inputs = n.inputs;
    s.outputs = n.outputs;
    s.path = n.path;
    s.name = n.name;
    s.stream = stream(n.name);
    s.backward = n.backward;
    plan_.steps.push_back(std::move(s));
  }

  void describe_values() {
    plan_.values.resize(graph_.value_count());
    for (std::size_t i = 0; i < plan_.values.size(); ++i) {
      const Value& v = graph_[ValueId{static_cast<std::int32_t>(i)}];
      PlanValue& p = plan_.values[i];
      p.type = v.type;
      p.name = v.name;
      p.role = v.role;
      p.first = v.role == Role::computed ? std::numeric_limits<int>::max() : -1;
      p.last = std::numeric_limits<int>::min();
    }
  }

  void measure_lives() {
    const int end = static_cast<int>(plan_.steps.size());
    for (int s = 0; s < end; ++s) {
      for (const ValueId v : plan_.steps[static_cast<std::size_t>(s)].inputs) {
        if (v.valid()) value(v).last = s;
      }
      for (const ValueId v : plan_.steps[static_cast<std::size_t>(s)].outputs) {
        value(v).first = s;
        value(v).last = std::max(value(v).last, s);
      }
    }
    for (const ValueId v : graph_.results) value(v).last = end;
    for (PlanValue& v : plan_.values) {
      const bool filled_from_outside =
          v.role == Role::input || v.role == Role::target || v.role == Role::seed || v.role == Role::memory;
      if (v.last == std::numeric_limits<int>::min() && !filled_from_outside) continue;
      if (v.first == std::numeric_limits<int>::max()) continue;
      if (options_.keep_all || filled_from_outside) v.last = end;
      v.bytes = bytes_of(v.type, options_.capacity, options_.precision, limit_);
    }
  }

  /// Everything whose place does not depend on lifetimes.
  void place_fixed() {
    for (std::size_t i = 0; i < plan_.values.size(); ++i) {
      const Value& v = graph_[ValueId{static_cast<std::int32_t>(i)}];
      PlanValue& p = plan_.values[i];
      if (p.bytes == 0) continue;
      if (v.role == Role::parameter) {
        p.where = places_.where[v.parameter.index()];
      } else if (v.is_gradient) {
        p.where = {Block::gradients, places_.where[v.parameter.index()].offset};
      } else if (v.role == Role::constant) {
        auto& top = plan_.bytes[static_cast<std::size_t>(Block::constants)];
        p.where = {Block::constants, top};
        plan_.constants.emplace_back(top, v.constant);
        top += p.bytes;
      }
    }
  }

  [[nodiscard]] bool in_arena(ValueId v) const {
    const Value& g = graph_[v];
    return g.role != Role::parameter && g.role != Role::constant && !g.is_gradient &&
           plan_.values[v.index()].bytes != 0;
  }

  void place_activations() {
    Placer placer(limit_);
    std::vector<char> placed(plan_.values.size(), 0);
    const auto place = [&](ValueId v) {
      value(v).where = {Block::activations, placer.take(value(v).bytes)};
      placed[v.index()] = 1;
      plan_.unplanned += value(v).bytes;
    };
    for (std::size_t i = 0; i < plan_.values.size(); ++i) {
      const ValueId v{static_cast<std::int32_t>(i)};
      if (in_arena(v) && value(v).first < 0) place(v);
    }
    std::vector<std::vector<std::size_t>> last_read(plan_.steps.size());
    for (std::size_t i = 0; i < plan_.values.size(); ++i) {
      const int last = plan_.values[i].last;
      if (last >= 0 && last < static_cast<int>(last_read.size()))
        last_read[static_cast<std::size_t>(last)].push_back(i);
    }
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      const PlanStep& step = plan_.steps[s];
      const int shared = shared_input(step, static_cast<int>(s));
      for (std::size_t o = 0; o < step.outputs.size(); ++o) {
        const ValueId v = step.outputs[o];
        if (o == 0 && shared >= 0) {
          const ValueId from = step.inputs[static_cast<std::size_t>(shared)];
          value(v).where = value(from).where;
          plan_.unplanned += value(v).bytes;
          // The place now belongs to the output, whether it lies in the arena or is a parameter's gradient.
          placed[from.index()] = 0;
          placed[v.index()] = in_arena(v) ? 1 : 0;
        } else if (in_arena(v)) {
          place(v);
        }
      }
      for (const std::size_t i : last_read[s]) {
        const PlanValue& v = plan_.values[i];
        if (placed[i] == 0) continue;
        placer.give_back(v.where.offset, v.bytes);
        placed[i] = 0;
      }
    }
    plan_.bytes[static_cast<std::size_t>(Block::activations)] = placer.top();
  }

  /// The input in whose place the first output lies, or -1.
  [[nodiscard]] int shared_input(const PlanStep& step, int s) const {
    const Op& op = *step.op;
    const ValueId out = step.outputs[0];
    if (op.accumulates >= 0) return op.accumulates;
    if (op.in_place < 0 || options_.keep_all || !in_arena(out)) return -1;
    const ValueId in = step.inputs[static_cast<std::size_t>(op.in_place)];
    const PlanValue& v = plan_.values[in.index()];
    const bool again = std::ranges::count(step.inputs, in) > 1;
    const bool free_after = in_arena(in) && v.last == s && v.role == Role::computed && !again;
    return free_after && v.bytes == plan_.values[out.index()].bytes ? op.in_place : -1;
  }

  void measure_scratch() {
    for (const PlanStep& step : plan_.steps) {
      const Op& op = *compiled(step.op);
      if (op.scratch == nullptr) continue;
      std::array<const ValueType*, max_inputs> in{};
      std::array<const ValueType*, max_outputs> out{};
      for (std::size_t i = 0; i < step.inputs.size(); ++i) {
        in[i] = step.inputs[i].valid() ? &value(step.inputs[i]).type : nullptr;
      }
      for (std::size_t i = 0; i < step.outputs.size(); ++i) out[i] = &value(step.outputs[i]).type;
      const Scratch scratch = op.scratch({in, out, &step.attributes, options_.capacity, options_.precision});
      plan_.scratch = std::max(plan_.scratch, aligned(scratch.shared));
      plan_.scratch_per_thread = std::max(plan_.scratch_per_thread, aligned(scratch.per_thread));
    }
  }

  PlanValue& value(ValueId v) { return plan_.values[v.index()]; }

  const Graph& graph_;
  const ParameterPlaces& places_;
  const PlanOptions& options_;
  std::uint64_t limit_;
  Plan plan_;
};

}  // namespace

ParameterPlaces place_parameters(const ParameterTable& table, Precision precision) {
  ParameterPlaces places;
  places.where.resize(table.all().size());
  const auto place_kind = [&](auto belongs, Block block, std::size_t& top) {
    for (std::size_t i = 0; i < places.where.size(); ++i) {
      const Parameter& p = table.all()[i];
      if (!belongs(p)) continue;
      places.where[i] = {block, top};
      top += static_cast<std::size_t>(bytes_of({.shape = p.shape, .batched = false, .dtype = p.dtype}, 0, precision));
    }
  };
  place_kind([](const Parameter& p) { return p.kind == ParameterKind::weight; }, Block::parameters,
             places.parameter_bytes);
  place_kind([](const Parameter& p) { return p.kind == ParameterKind::bias || p.kind == ParameterKind::norm; },
             Block::parameters, places.parameter_bytes);
  place_kind([](const Parameter& p) { return p.kind == ParameterKind::state; }, Block::state, places.state_bytes);
  return places;
}

Plan make_plan(const Graph& graph, const ParameterPlaces& places, const PlanOptions& options) {
  return Planner(graph, places, options).make();
}

}  // namespace trainyard
