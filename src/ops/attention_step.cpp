// Causal attention over positions that are rows, one sequence: each adds its keys and values to the memories, then
// looks at all that are there. Inputs: q [*, 1, heads width] with k and v beside it or within it, as attention has
// them; memories of keys and of values [context, kv_heads width]. Output: o [*, 1, heads width].
#include <algorithm>
#include <cmath>

#include "kernels/attention.hpp"
#include "kernels/scratch.hpp"
#include "ops/all.hpp"
#include "ops/attention.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {
namespace {
namespace attention_step_op {

constexpr std::size_t keys = 3, values = 4;  ///< inputs

void infer(Inference& i) {
  const auto& a = i.attributes<AttentionAttributes>();
  const Operands at(a, i.in(0), i.has(1) ? &i.in(1) : nullptr, i.has(2) ? &i.in(2) : nullptr);
  i.out({.shape = {1, a.heads * at.width}});
}

/// Head by head: a unit is a head of keys and values, with the queries that share it.
template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<AttentionAttributes>();
  const Operands at(a, *c.in_type[0], c.in_type[1], c.in_type[2]);
  const std::int64_t past = c.context->position;
  const std::int64_t step = a.kv_heads * at.width;
  kernels::ScratchParts parts(c.thread_scratch);
  T* log_sums = parts.take<T>(static_cast<std::ptrdiff_t>(c.rows));
  kernels::Attention<T> h;
  h.queries = c.rows;
  h.keys = past + c.rows;
  h.before = past;
  h.width = at.width;
  h.scale = static_cast<T>(1 / std::sqrt(static_cast<double>(at.width)));
  h.causal = true;
  h.q_step = at.q.step;
  h.k_step = h.v_step = step;
  h.o_step = a.heads * at.width;
  for (std::int64_t shared = begin; shared < end; ++shared) {
    // What the one place that writes to its inputs is for states, this is for memories.
    const auto remember = [&](const Operands::Part& part, std::size_t input) {
      T* memory = const_cast<T*>(c.input<T>(input)) + shared * at.width;
      const T* from = c.input<T>(part.input) + part.column + shared * at.width;
      for (std::int64_t r = 0; r < c.rows; ++r) {
        std::copy_n(from + r * part.step, at.width, memory + (past + r) * step);
      }
      return memory;
    };
    h.k = remember(at.k, keys);
    h.v = remember(at.v, values);
    const std::int64_t group = a.heads / a.kv_heads;
    for (std::int64_t head = shared * group; head < (shared + 1) * group; ++head) {
      h.q = c.input<T>(at.q.input) + at.q.column + head * at.width;
      kernels::attention(h, c.output<T>(0) + head * at.width, log_sums, static_cast<T*>(nullptr),
                         c.thread_scratch + parts.used());
    }
  }
}

/// As if half of the context were there, which is the mean.
Work work(const CallTypes& t) {
  const auto& a = t.attributes->as<AttentionAttributes>();
  const auto context = static_cast<double>(t.in[keys]->shape[0]);
  const std::int64_t width = t.in[keys]->shape[1] / a.kv_heads;
  const auto each = static_cast<double>(t.rows * a.heads * (4 * width + 30));
  return {.units = a.kv_heads, .grain = 1, .flops = each * context / 2};
}

Scratch scratch(const CallTypes& t) {
  const auto& a = t.attributes->as<AttentionAttributes>();
  const Shape& memory = t.in[keys]->shape;
  return {.per_thread = in_precision(t.precision, [&]<class T>(T) {
            kernels::ScratchParts parts(nullptr);
            static_cast<void>(parts.take<T>(static_cast<std::ptrdiff_t>(t.rows)));
            return parts.used() + kernels::attention_scratch_bytes<T>(t.rows, memory[0], memory[1] / a.kv_heads);
          })};
}

}  // namespace attention_step_op
}  // namespace

void step_attention(Stepping& s) {
  AttentionAttributes a = s.attributes().as<AttentionAttributes>();
  if (!a.causal || s.has(3) || s.common_axis() != 0) s.refuse();
  const auto was = [&](std::size_t i) { return s.has(i) ? &s.was(i) : nullptr; };
  const Shape memory{s.positions(), a.kv_heads * Operands(a, s.was(0), was(1), was(2)).width};
  const ValueId inputs[] = {s.in(0), s.in(1), s.in(2), s.memory("keys", memory), s.memory("values", memory)};
  s.bound();
  s.set(0, s.add(attention_step, inputs, Attributes(a)), 0);
}

const Op attention_step{.name = "attention_step",
                        .infer = attention_step_op::infer,
                        .run = TRAINYARD_KERNELS(attention_step_op::run),
                        .work = attention_step_op::work,
                        .scratch = attention_step_op::scratch,
                        .has_effect = true};

}  // namespace trainyard::ops
