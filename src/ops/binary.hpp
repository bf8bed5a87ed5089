// What the ops of two operands share: y = f(a, b), elementwise. b is of a's type, or one for all rows: then it is
// shaped like the last axes of a and repeated.
#pragma once
#include "ops/common.hpp"
#include "ops/sum_rows.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {

inline void infer_binary(Inference& i) {
  const ValueType& a = i.in(0);
  const ValueType& b = i.in(1);
  Inference::require_float(a);
  Inference::require_float(b);
  bool fits = a == b;
  if (!fits && !b.batched && a.layout == Layout::channels_first && b.shape.rank() <= a.shape.rank()) {
    fits = true;
    const int skipped = a.shape.rank() - b.shape.rank();
    for (int axis = 0; axis < b.shape.rank(); ++axis) fits = fits && b.shape[axis] == a.shape[skipped + axis];
  }
  Inference::require(fits, text(a), text(b));
  i.out(a);
}

template <class T, class F>
void run_binary(const Call& c, std::int64_t begin, std::int64_t end, const F& f) {
  const auto [first, count] = elements(*c.out_type[0], begin, end);
  const T* a = c.input<T>(0) + first;
  const T* b = c.input<T>(1);
  T* y = c.output<T>(0) + first;
  if (c.in_type[1]->batched == c.in_type[0]->batched && c.in_type[1]->shape == c.in_type[0]->shape) {
    simd::map<T>(count, y, f, a, b + first);
    return;
  }
  const std::int64_t n = c.in_type[1]->shape.size();
  if (n == 1) {
    const simd::Vec<T> same(b[0]);
    simd::map<T>(count, y, [f, same](const auto& x) { return f(x, same); }, a);
    return;
  }
  for (std::int64_t at = 0; at < count; at += n) simd::map<T>(n, y + at, f, a + at, b);
}

/// The gradient of operand i from d, that of the result's elements: summed over what b was repeated for.
inline void set_binary(Gradient& g, std::size_t i, ValueId d) {
  const ValueType& whole = g.graph().type(g.in(0));
  const ValueType& operand = g.graph().type(g.in(i));
  g.set(i, operand == whole ? d : sum_to(g, d, operand.shape));
}

}  // namespace trainyard::ops
