// Reductions over one axis, which goes: [*, …, n, …] -> [*, …, …]. Channels must come first in memory.
#pragma once
#include "ops/shaping.hpp"

namespace trainyard::ops {

/// Of the gradient of a sum: dy is repeated along `axis`, `length` times, times `factor`.
struct SpreadAttributes {
  int axis = 0;
  std::int64_t length = 1;
  double factor = 1;
};

[[nodiscard]] inline Shape without_axis(const Shape& shape, int axis) {
  std::array<std::int64_t, Shape::max_rank> dims{};
  std::size_t n = 0;
  for (int i = 0; i < shape.rank(); ++i) {
    if (i != axis) dims[n++] = shape[i];
  }
  return Shape(std::span(dims).first(n));
}

inline void infer_reduction(Inference& i) {
  ValueType type = i.in(0);
  const int axis = i.attributes<AxisAttributes>().axis;
  Inference::require_float(type);
  require_axis(type.shape, axis);
  Inference::require(type.layout == Layout::channels_first, text(ValueType{type.shape, type.batched}), text(type));
  type.shape = without_axis(type.shape, axis);
  i.out(type);
}

[[nodiscard]] inline Work reduction_work(const CallTypes& t) {
  const bool batched = t.in[0]->batched;
  return {.units = batched ? t.rows : 1,
          .grain = 1,
          .rows = batched,
          .flops = static_cast<double>(t.in[0]->elements(t.rows))};
}

/// Every position reduces by itself; the axis that goes may not be that of positions.
inline void step_reduction(Stepping& s) {
  const int gone = s.attributes().as<AxisAttributes>().axis;
  const int axis = s.common_axis();
  if (axis == gone) s.refuse();
  s.itself(gone < axis ? axis - 1 : axis);
}

inline void print_axis(const Attributes& attributes, TextSink& sink) {
  sink.put("axis", attributes.as<AxisAttributes>().axis);
}

}  // namespace trainyard::ops
