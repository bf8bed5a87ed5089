// Scaled dot-product attention: softmax(Q K^T / sqrt(width)) V for every head (kernels/attention.hpp).
// Inputs: q [*, Tq, heads width], k and v [*, Tk, kv_heads width], lengths [*] i32 (keys that are there) or none.
// A product may make several at once: without v, k is [*, Tk, 2 kv_heads width], keys then values; without k too, q is
// [*, T, (heads + 2 kv_heads) width].
// Outputs: o [*, Tq, heads width], log(sum(exp)) of the scores [*, heads, Tq] for the gradient, and on request the
// weights [*, heads, Tq, Tk]. The gradient has an output for each of q, k, v that is there.
#include "ops/attention.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/attention.hpp"
#include "ops/all.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {
namespace {
namespace attention_op {

void infer(Inference& i) {
  const auto& a = i.attributes<AttentionAttributes>();
  const ValueType& q = i.in(0);
  const auto optional = [&](std::size_t n) { return i.has(n) ? &i.in(n) : nullptr; };
  const ValueType* k = optional(1);
  const ValueType* v = optional(2);
  Inference::require_float(q);
  const std::int64_t parts = k == nullptr ? a.heads + 2 * a.kv_heads : a.heads;
  Inference::require(q.batched && q.shape.rank() == 2 && q.shape[1] % parts == 0 && a.heads % a.kv_heads == 0,
                     "[*, positions, n × " + std::to_string(parts) + "]", text(q.shape, q.batched));
  const Operands at(a, q, k, v);
  const auto check = [&](const ValueType* type, std::int64_t columns) {
    if (type == nullptr) return;
    const Shape wanted{at.keys, columns * at.width};
    Inference::require_float(*type);
    Inference::require(type->batched && type->shape == wanted, text(wanted, true), text(type->shape, type->batched));
  };
  check(k, v == nullptr ? 2 * a.kv_heads : a.kv_heads);
  check(v, a.kv_heads);
  Inference::require(!a.causal || at.queries == at.keys, text(Shape{at.queries}), text(Shape{at.keys}));
  if (i.has(3)) {
    const ValueType& lengths = i.in(3);
    Inference::require(lengths.batched && lengths.dtype == DType::i32 && lengths.shape.size() == 1, "i32[*]",
                       text(lengths));
  }
  i.out({.shape = {at.queries, a.heads * at.width}});
  i.out({.shape = {a.heads, at.queries}});
  if (a.weights) i.out({.shape = {a.heads, at.queries, at.keys}});
}

/// The call's heads, one after the other: f(head, offsets of its parts, …). `first` is the index of q among the inputs.
template <class T, class F>
void each_head(const Call& c, std::size_t first, std::int64_t begin, std::int64_t end, const F& f) {
  const auto& a = c.attributes_as<AttentionAttributes>();
  const Operands at(a, *c.in_type[first], c.in_type[first + 1], c.in_type[first + 2]);
  const std::int32_t* lengths = c.input<std::int32_t>(first + 3);
  kernels::Attention<T> h;
  h.queries = at.queries;
  h.width = at.width;
  h.scale = static_cast<T>(1 / std::sqrt(static_cast<double>(at.width)));
  h.causal = a.causal;
  h.q_step = at.q.step;
  h.k_step = at.k.step;
  h.v_step = at.v.step;
  h.o_step = a.heads * at.width;
  h.mask = {.seed = c.context->seed, .stream = c.stream, .step = c.context->step, .probability = a.dropout};
  h.mask_columns = at.keys;
  const auto part = [&](const Operands::Part& p, std::int64_t positions, std::int64_t row, std::int64_t head) {
    return row * positions * p.step + p.column + head * at.width;
  };
  for (std::int64_t row = begin; row < end; ++row) {
    h.keys = lengths == nullptr ? at.keys : std::clamp<std::int64_t>(lengths[row], 1, at.keys);
    for (std::int64_t head = 0; head < a.heads; ++head) {
      const std::int64_t shared = head * a.kv_heads / a.heads;
      const std::int64_t q = part(at.q, at.queries, row, head);
      const std::int64_t k = part(at.k, at.keys, row, shared);
      const std::int64_t v = part(at.v, at.keys, row, shared);
      h.q = c.input<T>(first + at.q.input) + q;
      h.k = c.input<T>(first + at.k.input) + k;
      h.v = c.input<T>(first + at.v.input) + v;
      h.first = ((c.context->first_row + row) * a.heads + head) * at.queries * at.keys;
      f(h, at, row, head, q, k, v);
    }
  }
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t heads = c.attributes_as<AttentionAttributes>().heads;
  each_head<T>(c, 0, begin, end,
               [&](const kernels::Attention<T>& h, const Operands& at, std::int64_t row, std::int64_t head, auto...) {
                 T* o = c.output<T>(0) + row * at.queries * h.o_step + head * at.width;
                 const std::int64_t n = row * heads + head;
                 T* weights = c.out[2] == nullptr ? nullptr : c.output<T>(2) + n * at.queries * at.keys;
                 kernels::attention(h, o, c.output<T>(1) + n * at.queries, weights, c.thread_scratch);
               });
}

/// Of the forward call, whose q is input `first`; a causal product costs half.
template <std::size_t first>
Work work(const CallTypes& t) {
  const auto& a = t.attributes->as<AttentionAttributes>();
  const Operands at(a, *t.in[first], t.in[first + 1], t.in[first + 2]);
  const double scores = static_cast<double>(t.rows * a.heads * at.queries * at.keys) * (a.causal ? 0.5 : 1.0);
  const double products = first == 0 ? 2 : 5;
  return {
      .units = t.rows, .grain = 1, .rows = true, .flops = scores * (2 * products * static_cast<double>(at.width) + 30)};
}

template <std::size_t first>
Scratch scratch(const CallTypes& t) {
  const Operands at(t.attributes->as<AttentionAttributes>(), *t.in[first], t.in[first + 1], t.in[first + 2]);
  return {.per_thread = in_precision(t.precision, [&]<class T>(T) {
            return kernels::attention_scratch_bytes<T>(at.queries, at.keys, at.width);
          })};
}

void gradient(Gradient& g) {
  if (!g.d().valid()) return;
  ValueId d = g.add(attention_grad, {g.d(), g.out(0), g.out(1), g.in(0), g.in(1), g.in(2), g.in(3)}, g.attributes());
  std::size_t next = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    if (g.has(i)) g.set(i, g.graph().output(d, next++));
  }
}

// Inputs do, o, log(sum(exp)), q, k, v, lengths.
void infer_grad(Inference& i) {
  for (const std::size_t n : {3U, 4U, 5U}) {
    if (i.has(n)) i.out(i.in(n));
  }
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<AttentionAttributes>();
  std::size_t outputs = 0;
  for (; outputs < 3 && c.out[outputs] != nullptr; ++outputs) {
    const auto [first, count] = elements(*c.out_type[outputs], begin, end);
    std::fill_n(c.output<T>(outputs) + first, count, T(0));
  }
  each_head<T>(c, 3, begin, end,
               [&](const kernels::Attention<T>& h, const Operands& at, std::int64_t row, std::int64_t head,
                   std::int64_t q, std::int64_t k, std::int64_t v) {
                 const std::int64_t o = row * at.queries * h.o_step + head * at.width;
                 kernels::attention_gradient(h, c.input<T>(1) + o, c.input<T>(2) + (row * a.heads + head) * at.queries,
                                             c.input<T>(0) + o, c.output<T>(at.q.input) + q,
                                             c.output<T>(at.k.input) + k, c.output<T>(at.v.input) + v,
                                             c.thread_scratch);
               });
}

void print(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<AttentionAttributes>();
  sink.put("heads", static_cast<double>(a.heads));
  if (a.kv_heads != a.heads) sink.put("kv_heads", static_cast<double>(a.kv_heads));
  if (a.causal) sink.put("causal", 1);
  if (a.dropout != 0) sink.put("dropout", a.dropout);
}

/// Scores and weighted values; causal: of the T (T + 1) / 2 pairs that see each other.
double multiply_adds(const CallTypes& t) {
  const auto& a = t.attributes->as<AttentionAttributes>();
  const Operands at(a, *t.in[0], t.in[1], t.in[2]);
  const auto q = static_cast<double>(at.queries);
  const double pairs = a.causal ? q * (q + 1) / 2 : q * static_cast<double>(at.keys);
  return 2 * pairs * static_cast<double>(t.rows * a.heads * at.width);
}

}  // namespace attention_op
}  // namespace

const Op attention{.name = "attention",
                   .infer = attention_op::infer,
                   .run = TRAINYARD_KERNELS(attention_op::run),
                   .work = attention_op::work<0>,
                   .multiply_adds = attention_op::multiply_adds,
                   .scratch = attention_op::scratch<0>,
                   .gradient = attention_op::gradient,
                   .step = step_attention,
                   .onnx = "Attention",
                   .print_attributes = attention_op::print};
const Op attention_grad{.name = "attention_grad",
                        .infer = attention_op::infer_grad,
                        .run = TRAINYARD_KERNELS(attention_op::run_grad),
                        .work = attention_op::work<3>,
                        .scratch = attention_op::scratch<3>,
                        .print_attributes = attention_op::print};

}  // namespace trainyard::ops
