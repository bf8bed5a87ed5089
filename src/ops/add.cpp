// y = a + b (binary.hpp says what b may be).
#include "ops/all.hpp"
#include "ops/binary.hpp"
#include "ops/shaping.hpp"

namespace trainyard::ops {
namespace {
namespace add_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  run_binary<T>(c, begin, end, [](const auto& a, const auto& b) { return a + b; });
}

void gradient(Gradient& g) {
  g.set(0, g.d());
  if (g.wanted(1)) set_binary(g, 1, g.d());
}

/// A table with a row for every position, or the first rows of a longer one: the row of the one at hand.
void step(Stepping& s) {
  const int axis = s.common_axis();
  const ValueType& table = s.was(1);
  if (axis != 0 || table.batched || table.shape.rank() < s.was(0).shape.rank()) return s.itself(axis);
  ValueId rows = s.in(1);
  if (const Node* from = s.producer(1); from != nullptr && from->op == &slice) {
    const auto& a = from->attributes.as<SliceAttributes>();
    if (a.axis == 0 && a.start == 0) rows = s.now(from->inputs[0]);
  }
  const ValueId inputs[] = {s.in(0), rows};
  s.bound();
  s.set(0, s.add(add_position, inputs), axis);
}

}  // namespace add_op
}  // namespace

const Op add{.name = "add",
             .infer = infer_binary,
             .run = TRAINYARD_KERNELS(add_op::run),
             .work = elementwise_work,
             .gradient = add_op::gradient,
             .step = add_op::step,
             .in_place = 0,
             .onnx = "Add"};

}  // namespace trainyard::ops
