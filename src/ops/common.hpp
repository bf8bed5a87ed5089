// What op files share: how calls are cut, and plain shape rules.
#pragma once
#include <cstddef>
#include <cstdint>

#include "graph/autodiff.hpp"
#include "graph/graph.hpp"
#include "graph/op.hpp"
#include "graph/stepping.hpp"

namespace trainyard::ops {

/// Numbers of the first output (with all its rows).
[[nodiscard]] inline double output_elements(const CallTypes& t) {
  return static_cast<double>(t.out[0]->elements(t.rows));
}

/// f of a number of the executor's precision: f(float{}) or f(double{}); what f returns.
template <class F>
auto in_precision([[maybe_unused]] Precision precision, const F& f) {
#if !defined(__EMSCRIPTEN__)
  if (precision == Precision::f64) return f(double{});
#endif
  return f(float{});
}

/// Every row of the first output on its own; `cost` operations an element.
[[nodiscard]] inline Work by_rows(const CallTypes& t, double cost = 1) {
  const bool batched = t.out[0]->batched;
  return {.units = batched ? t.rows : 1, .grain = 1, .rows = batched, .flops = cost * output_elements(t)};
}

/// The elements that units [begin, end) of a `by_rows` call stand for: first and count.
struct Elements {
  std::int64_t first, count;
};
[[nodiscard]] inline Elements elements(const ValueType& type, std::int64_t begin, std::int64_t end) {
  const std::int64_t row = type.shape.size();
  return {begin * row, (end - begin) * row};
}

[[nodiscard]] inline Work elementwise_work(const CallTypes& t) { return by_rows(t); }

/// The output is of input 0's type.
inline void same_as_first(Inference& i) {
  Inference::require_float(i.in(0));
  i.out(i.in(0));
}

}  // namespace trainyard::ops
