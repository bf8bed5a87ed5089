// rnn, lstm and gru over positions that are rows, one sequence, from the state that they left: inputs x W_ih^T + b
// [*, 1, G], W_hh [H, G], b_hh [G] or none, the memory of the state [H] and, of lstm, of the cell [H]. Outputs:
// y [*, 1, H] and what the kernel keeps for a gradient.
#include "ops/all.hpp"
#include "ops/common.hpp"
#include "ops/recurrent.hpp"
#include "ops/shaping.hpp"

namespace trainyard::ops {
namespace {
namespace recurrent_step_op {

using kernels::Cell;

constexpr std::size_t state = 3, cell = 4;  ///< inputs

void infer(Inference& i) {
  const std::int64_t hidden = i.in(state).shape[0];
  const std::int64_t saved = kernels::cell_saved(i.attributes<RecurrentAttributes>().cell);
  i.out({.shape = {1, hidden}});
  if (saved > 0) i.out({.shape = {saved * hidden}});
}

template <class T>
void run(const Call& c, std::int64_t /*begin*/, std::int64_t /*end*/) {
  T* h = const_cast<T*>(c.input<T>(state));
  T* cells = const_cast<T*>(c.input<T>(cell));
  kernels::recurrent_forward<T>(
      {.cell = c.attributes_as<RecurrentAttributes>().cell, .steps = c.rows, .hidden = c.in_type[state]->shape[0]},
      {.gates = c.input<T>(0),
       .w = c.input<T>(1),
       .bias = c.input<T>(2),
       .h0 = h,
       .c0 = cells,
       .y = c.output<T>(0),
       .h = h,
       .c = cells,
       .saved = c.output<T>(1)},
      0, 1, c.thread_scratch);
}

Work work(const CallTypes& t) {
  const auto gates = static_cast<double>(t.in[0]->shape.back());
  const auto own = static_cast<double>(kernels::cell_gates(t.attributes->as<RecurrentAttributes>().cell));
  return {.flops = (2 * gates + 12 * own) * output_elements(t)};
}

Scratch scratch(const CallTypes& t) {
  const kernels::Recurrence r{
      .cell = t.attributes->as<RecurrentAttributes>().cell, .steps = t.rows, .hidden = t.in[state]->shape[0]};
  return {.per_thread = in_precision(t.precision, [&]<class T>(T) { return kernels::recurrent_scratch_bytes<T>(r); })};
}

}  // namespace recurrent_step_op
}  // namespace

void step_recurrent(Stepping& s) {
  const auto& a = s.attributes().as<RecurrentAttributes>();
  if (a.reverse || s.has(3) || s.has(first_state) || s.has(first_cell) || s.axis(0) != 0) s.refuse();
  const Shape hidden{s.was(1).shape[0]};
  const ValueId inputs[] = {s.in(0), s.in(1), s.in(2), s.memory("state", hidden),
                            a.cell == recurrent_step_op::Cell::lstm ? s.memory("cell", hidden) : ValueId{}};
  const ValueId y = s.add(recurrent_step, inputs, s.attributes());
  s.set(0, y, 0);
  // The last state is, step by step, the one at hand.
  s.set(last_state, s.add(reshape, std::span(&y, 1), Attributes(ReshapeAttributes{hidden})), -1);
}

const Op recurrent_step{.name = "recurrent_step",
                        .infer = recurrent_step_op::infer,
                        .run = TRAINYARD_KERNELS(recurrent_step_op::run),
                        .work = recurrent_step_op::work,
                        .scratch = recurrent_step_op::scratch,
                        .has_effect = true};

}  // namespace trainyard::ops
