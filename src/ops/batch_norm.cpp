// y = act((x - mean) / sqrt(variance + eps) * weight + bias), channel by channel (Ioffe and Szegedy 2015).
// x: [*, features] or [*, channels, height, width] with channels last; the others [channels], weight and bias optional.
// In training mean and variance are those of x (batch_norm_stats), and the gradient knows that; otherwise they are the
// running ones. Both are nodes of their own, so that the second pass over x can be cut by rows.
#include <algorithm>

#include "kernels/epilogue.hpp"
#include "kernels/norm.hpp"
#include "ops/activation.hpp"
#include "ops/all.hpp"
#include "ops/norm.hpp"

namespace trainyard::ops {
namespace {
namespace batch_norm_op {

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  Inference::require_float(x);
  for (std::size_t s = 1; s < i.inputs(); ++s) {
    if (i.has(s))
      Inference::require(i.in(s).shape == Shape{channels(x)}, text(Shape{channels(x)}), text(i.in(s).shape));
  }
  i.out(x);
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& a = c.attributes_as<BatchNormAttributes>();
  const ValueType& x = *c.in_type[0];
  const std::int64_t per_row = positions_per_row(x);
  const std::int64_t width = channels(x);
  const kernels::Epilogue<T> epilogue{.activation = a.activation.activation,
                                      .slope = static_cast<T>(a.activation.slope)};
  // A stretch is normalised and activated while it is in the cache.
  const std::int64_t stretch = std::max<std::int64_t>(1, 4096 / width);
  for (std::int64_t p = begin * per_row; p < end * per_row; p += stretch) {
    const std::int64_t last = std::min(p + stretch, end * per_row);
    kernels::batch_norm(p, last, width, static_cast<T>(a.eps), c.input<T>(0), c.input<T>(1), c.input<T>(2),
                        c.input<T>(3), c.input<T>(4), c.output<T>(0));
    const auto numbers = static_cast<std::ptrdiff_t>((last - p) * width);
    if (!epilogue.empty()) apply(epilogue, c.output<T>(0) + p * width, numbers, 1, numbers);
  }
}

void gradient(Gradient& g) {
  auto a = g.attributes().as<BatchNormAttributes>();
  a.activation = {};
  const Attributes attributes(a);
  const bool coupled = a.training && g.wanted(0);
  ValueId dw;
  ValueId db;
  if (coupled || g.wanted(3) || g.wanted(4)) {
    dw = g.add(batch_norm_sums, {g.d(), g.in(0), g.in(1), g.in(2)}, attributes);
    db = g.graph().output(dw, 1);
    if (g.wanted(3)) g.set(3, dw);
    if (g.wanted(4)) g.set(4, db);
  }
  if (!g.wanted(0)) return;
  if (coupled && g.graph().shared) {
    dw = g.add(joined_batch_norm_sums, {dw, db});
    db = g.graph().output(dw, 1);
  }
  const ValueId none;
  g.set(0, g.add(batch_norm_dx, {g.d(), g.in(0), g.in(1), g.in(2), g.in(3), coupled ? dw : none, coupled ? db : none},
                 attributes));
}

// Sums over rows and positions of dy times the normalised x (the gradient of weight), and of dy (that of bias).
// Inputs dy, x, mean, variance.
void infer_sums(Inference& i) {
  i.out({.shape = {channels(i.in(1))}, .batched = false});
  i.out({.shape = {channels(i.in(1))}, .batched = false});
}

template <class T>
void run_sums(const Call& c, std::int64_t begin, std::int64_t end) {
  const ValueType& x = *c.in_type[1];
  kernels::batch_norm_parameter_gradient(c.rows * positions_per_row(x), begin, end, channels(x),
                                         static_cast<T>(c.attributes_as<BatchNormAttributes>().eps), c.input<T>(1),
                                         c.input<T>(2), c.input<T>(3), c.input<T>(0), c.output<T>(0), c.output<T>(1));
}

Work work_sums(const CallTypes& t) {
  return {.units = t.out[0]->shape.size(), .grain = 16, .flops = 4 * static_cast<double>(t.in[0]->elements(t.rows))};
}

// The two sums over a batch that several engines share, from those of each one's rows, times the share of the rows that
// are here: batch_norm_dx divides by their number.
void infer_joined_sums(Inference& i) {
  i.out(i.in(0));
  i.out(i.in(1));
}

template <class T>
void run_joined_sums(const Call& c, std::int64_t begin, std::int64_t end) {
  const Parts* parts = c.context->parts;
  const std::int64_t width = c.out_type[0]->shape.size();
  for (const std::size_t k : {0U, 1U}) {
    T* out = c.output<T>(k);
    if (parts == nullptr) {
      std::copy(c.input<T>(k) + begin, c.input<T>(k) + end, out + begin);
      continue;
    }
    const double share = static_cast<double>(c.rows) / parts->all_rows();
    for (std::int64_t i = begin; i < end; ++i) {
      double sum = 0;
      for (std::int64_t p = 0; p < parts->count; ++p) {
        if (parts->rows(p) > 0)
          sum += static_cast<double>(parts->numbers<T>(p)[static_cast<std::int64_t>(k) * width + i]);
      }
      out[i] = static_cast<T>(sum * share);
    }
  }
}

// dx from dy, x, mean, variance, weight and, where mean and variance depend on x, the two sums.
void infer_dx(Inference& i) { i.out(i.in(1)); }

template <class T>
void run_dx(const Call& c, std::int64_t begin, std::int64_t end) {
  const ValueType& x = *c.in_type[1];
  const std::int64_t per_row = positions_per_row(x);
  kernels::batch_norm_gradient(c.rows * per_row, begin * per_row, end * per_row, channels(x),
                               static_cast<T>(c.attributes_as<BatchNormAttributes>().eps), c.input<T>(1), c.input<T>(2),
                               c.input<T>(3), c.input<T>(4), c.input<T>(5), c.input<T>(6), c.input<T>(0),
                               c.output<T>(0));
}

void print(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<BatchNormAttributes>();
  sink.put("eps", a.eps);
  if (!a.training) sink.put("statistics", "running");
  print_activation(attributes, sink);
}

}  // namespace batch_norm_op
}  // namespace

ValueId add_batch_norm(Graph& graph, const BatchNorm& norm) {
  BatchNormAttributes a;
  a.eps = norm.eps;
  a.momentum = norm.momentum;
  a.training = norm.training || !norm.running_mean.valid();
  ValueId mean = norm.running_mean;
  ValueId variance = norm.running_var;
  if (a.training) {
    if (graph.shared) {
      const ValueId part = graph.add(batch_norm_stats, {norm.x}, Attributes(a));
      a.positions = positions_per_row(graph.type(norm.x));
      mean = graph.add(joined_batch_norm_stats,
                       {part, graph.output(part, 1), norm.running_mean, norm.running_var, norm.num_batches_tracked},
                       Attributes(a));
    } else {
      mean = graph.add(batch_norm_stats, {norm.x, norm.running_mean, norm.running_var, norm.num_batches_tracked},
                       Attributes(a));
    }
    variance = graph.output(mean, 1);
  }
  return graph.add(batch_norm, {norm.x, mean, variance, norm.weight, norm.bias}, Attributes(a));
}

const Op batch_norm{.name = "batch_norm",
                    .infer = batch_norm_op::infer,
                    .run = TRAINYARD_KERNELS(batch_norm_op::run),
                    .work = [](const CallTypes& t) { return by_rows(t, 3); },
                    .gradient = batch_norm_op::gradient,
                    .in_place = 0,
                    .fusion = Fusion::takes_activation,
                    .onnx = "BatchNormalization",
                    .print_attributes = batch_norm_op::print};
const Op batch_norm_sums{.name = "batch_norm_sums",
                         .infer = batch_norm_op::infer_sums,
                         .run = TRAINYARD_KERNELS(batch_norm_op::run_sums),
                         .work = batch_norm_op::work_sums,
                         .couples_rows = true};
const Op joined_batch_norm_sums{.name = "joined_batch_norm_sums",
                                .infer = batch_norm_op::infer_joined_sums,
                                .run = TRAINYARD_KERNELS(batch_norm_op::run_joined_sums),
                                .work = by_channels,
                                .joins_parts = true};
const Op batch_norm_dx{.name = "batch_norm_dx",
                       .infer = batch_norm_op::infer_dx,
                       .run = TRAINYARD_KERNELS(batch_norm_op::run_dx),
                       .work = [](const CallTypes& t) { return by_rows(t, 5); },
                       .in_place = 0};

}  // namespace trainyard::ops
