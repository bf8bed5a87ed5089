// y = a recurrent cell over the steps of every row, in one direction (kernels/recurrent.hpp). Inputs: x W_ih^T + b
// [*, T, G], from `linear`, W_hh [H, G] (PyTorch's weight, transposed), b_hh [G], lengths i32 [*], the first state h0
// [*, H] and, of lstm, cell c0 [*, H]; all from b_hh on optional. Outputs: the sequence y [*, T, H], the last state
// [*, H], what the gradient needs and, of lstm, the last cell. G is H times the gates: 1, 4, 3.
#include "ops/recurrent.hpp"

#include "ops/all.hpp"
#include "ops/common.hpp"
#include "ops/sum_rows.hpp"

namespace trainyard::ops {
namespace {
namespace recurrent_op {

using kernels::Cell;
using kernels::Recurrence;

Cell cell_of(const Attributes* a) { return a->as<RecurrentAttributes>().cell; }

ValueType sequence(std::int64_t steps, std::int64_t width) { return {.shape = {steps, width}}; }

/// Throws SHAPE_MISMATCH unless input s, where there is one, is of this type.
void require_type(const Inference& i, std::size_t s, const ValueType& type) {
  if (i.has(s)) Inference::require(i.in(s) == type, text(type), text(i.in(s)));
}

template <Cell C>
void infer(Inference& i) {
  auto& a = i.attributes<RecurrentAttributes>();
  if constexpr (C != Cell::rnn_tanh) a.cell = C;
  const ValueType& x = i.in(0);
  const std::int64_t hidden = i.in(1).shape[0];
  const std::int64_t gates = kernels::cell_gates(a.cell) * hidden;
  Inference::require_float(x);
  Inference::require(x.shape.rank() == 2 && x.batched && x.shape[1] == gates, "[*, T, " + std::to_string(gates) + "]",
                     text(x.shape, x.batched));
  const std::int64_t steps = x.shape[0];
  require_type(i, 1, {.shape = {hidden, gates}, .batched = false});
  require_type(i, 2, {.shape = {gates}, .batched = false});
  require_type(i, 3, {.shape = {}, .dtype = DType::i32});
  for (const std::size_t s : {first_state, first_cell}) require_type(i, s, {.shape = {hidden}});
  i.out(sequence(steps, hidden));
  i.out({.shape = {hidden}});
  if constexpr (C != Cell::rnn_tanh) i.out(sequence(steps, kernels::cell_saved(C) * hidden));
  if constexpr (C == Cell::lstm) i.out({.shape = {hidden}});
}

/// The recurrence over states [*, T, H], with its lengths in input `lengths`.
Recurrence recurrence(const Call& c, const Shape& states, std::size_t lengths) {
  const auto& a = c.attributes_as<RecurrentAttributes>();
  return {a.cell, a.reverse, states[0], states[1], c.input<std::int32_t>(lengths)};
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::recurrent_forward<T>(recurrence(c, c.out_type[0]->shape, 3),
                                {.gates = c.input<T>(0),
                                 .w = c.input<T>(1),
                                 .bias = c.input<T>(2),
                                 .h0 = c.input<T>(first_state),
                                 .c0 = c.input<T>(first_cell),
                                 .y = c.output<T>(0),
                                 .h = c.output<T>(last_state),
                                 .c = c.output<T>(last_cell),
                                 .saved = c.output<T>(2)},
                                begin, end, c.thread_scratch);
}

/// The elementary functions of a gate count as some ten operations each.
Work work(const CallTypes& t) {
  const auto gates = static_cast<double>(t.in[0]->shape.back());
  return by_rows(t, 2 * gates + 12 * static_cast<double>(kernels::cell_gates(cell_of(t.attributes))));
}

/// Of h W_hh; x W_ih is `linear`'s.
double multiply_adds(const CallTypes& t) { return output_elements(t) * static_cast<double>(t.in[0]->shape.back()); }

Scratch scratch_for(const CallTypes& t, std::int64_t steps, std::int64_t hidden) {
  const Recurrence r{.cell = cell_of(t.attributes), .steps = steps, .hidden = hidden};
  return {.per_thread = in_precision(t.precision, [&]<class T>(T) { return kernels::recurrent_scratch_bytes<T>(r); })};
}

Scratch scratch(const CallTypes& t) { return scratch_for(t, t.out[0]->shape[0], t.out[0]->shape[1]); }

void gradient(Gradient& g) {
  const Cell cell = cell_of(&g.attributes());
  const bool lstm = cell == Cell::lstm;
  const bool gru = cell == Cell::gru;
  ValueId before;
  if (gru || g.wanted(1)) before = g.add(previous_states, {g.out(), g.in(3), g.in(first_state)}, g.attributes());
  ValueId states;
  if (!lstm) states = gru ? before : g.out();
  const ValueId d_gates = g.add(recurrent_grad,
                                {g.d(0), g.d(last_state), lstm ? g.d(last_cell) : ValueId{}, g.in(1), states,
                                 lstm || gru ? g.out(2) : ValueId{}, g.in(3), lstm ? g.in(first_cell) : ValueId{}},
                                g.attributes());
  const ValueId d_hidden = gru ? g.graph().output(d_gates, 2) : d_gates;
  if (g.wanted(0)) g.set(0, d_gates);
  if (g.wanted(1)) g.set(1, g.add(linear_dw, {before, d_hidden}));
  if (g.wanted(2)) g.set(2, sum_to(g, d_hidden, g.graph().type(g.in(2)).shape));
  if (g.wanted(first_state)) g.set(first_state, g.graph().output(d_gates, 1));
  if (g.wanted(first_cell)) g.set(first_cell, g.graph().output(d_gates, 2));
}

// The way back through time. Inputs dy [*, T, H], those of the last state and cell [*, H] (each optional), W_hh, the
// states (rnn: y; gru: previous_states), what the op kept, lengths, c0. Gives the gradient of the gates [*, T, G] (one
// product later those of W_hh and W_ih follow), of h0, and of c0 (lstm) or of h W_hh^T + b_hh (gru).
void infer_grad(Inference& i) {
  const Cell cell = i.attributes<RecurrentAttributes>().cell;
  const Shape& w = i.in(3).shape;
  const std::int64_t steps = i.in(cell == Cell::lstm ? 5 : 4).shape[0];
  i.out(sequence(steps, w[1]));
  i.out({.shape = {w[0]}});
  if (cell == Cell::lstm) i.out({.shape = {w[0]}});
  if (cell == Cell::gru) i.out(sequence(steps, w[1]));
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const bool gru = c.attributes_as<RecurrentAttributes>().cell == Cell::gru;
  const Shape states{c.out_type[0]->shape[0], c.in_type[3]->shape[0]};
  kernels::recurrent_backward<T>(recurrence(c, states, 6),
                                 {.dy = c.input<T>(0),
                                  .dh_last = c.input<T>(1),
                                  .dc_last = c.input<T>(2),
                                  .w = c.input<T>(3),
                                  .states = c.input<T>(4),
                                  .saved = c.input<T>(5),
                                  .c0 = c.input<T>(7),
                                  .d_gates = c.output<T>(0),
                                  .d_gates_hidden = gru ? c.output<T>(2) : nullptr,
                                  .dh = c.output<T>(1),
                                  .dc = gru ? nullptr : c.output<T>(2)},
                                 begin, end, c.thread_scratch);
}

Work work_grad(const CallTypes& t) { return by_rows(t, 2 * static_cast<double>(t.in[3]->shape[0]) + 8); }

Scratch scratch_grad(const CallTypes& t) { return scratch_for(t, t.out[0]->shape[0], t.in[3]->shape[0]); }

// The state before every step. Inputs y [*, T, H], lengths, h0.
template <class T>
void run_previous(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::previous_states(recurrence(c, c.in_type[0]->shape, 1), c.input<T>(0), c.input<T>(2), c.output<T>(0), begin,
                           end);
}

void print(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<RecurrentAttributes>();
  if (a.cell == Cell::rnn_relu) sink.put("nonlinearity", "relu");
  if (a.reverse) sink.put("direction", "reverse");
}

}  // namespace recurrent_op
}  // namespace

const Op rnn{.name = "rnn",
             .infer = recurrent_op::infer<recurrent_op::Cell::rnn_tanh>,
             .run = TRAINYARD_KERNELS(recurrent_op::run),
             .work = recurrent_op::work,
             .multiply_adds = recurrent_op::multiply_adds,
             .scratch = recurrent_op::scratch,
             .gradient = recurrent_op::gradient,
             .step = step_recurrent,
             .onnx = "RNN",
             .print_attributes = recurrent_op::print};
const Op lstm{.name = "lstm",
              .infer = recurrent_op::infer<recurrent_op::Cell::lstm>,
              .run = TRAINYARD_KERNELS(recurrent_op::run),
              .work = recurrent_op::work,
              .multiply_adds = recurrent_op::multiply_adds,
              .scratch = recurrent_op::scratch,
              .gradient = recurrent_op::gradient,
              .step = step_recurrent,
              .onnx = "LSTM",
              .print_attributes = recurrent_op::print};
const Op gru{.name = "gru",
             .infer = recurrent_op::infer<recurrent_op::Cell::gru>,
             .run = TRAINYARD_KERNELS(recurrent_op::run),
             .work = recurrent_op::work,
             .multiply_adds = recurrent_op::multiply_adds,
             .scratch = recurrent_op::scratch,
             .gradient = recurrent_op::gradient,
             .step = step_recurrent,
             .onnx = "GRU",
             .print_attributes = recurrent_op::print};
const Op recurrent_grad{.name = "recurrent_grad",
                        .infer = recurrent_op::infer_grad,
                        .run = TRAINYARD_KERNELS(recurrent_op::run_grad),
                        .work = recurrent_op::work_grad,
                        .scratch = recurrent_op::scratch_grad,
                        .print_attributes = recurrent_op::print};
const Op previous_states{.name = "previous_states",
                         .infer = same_as_first,
                         .run = TRAINYARD_KERNELS(recurrent_op::run_previous),
                         .work = elementwise_work};

}  // namespace trainyard::ops
