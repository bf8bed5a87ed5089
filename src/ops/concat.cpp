// y = up to eight values side by side along one axis; all other sizes and the layout are the same.
#include <algorithm>

#include "ops/all.hpp"
#include "ops/shaping.hpp"

namespace trainyard::ops {
namespace {
namespace concat_op {

void infer(Inference& i) {
  const int axis = i.attributes<AxisAttributes>().axis;
  ValueType type = i.in(0);
  Inference::require_float(type);
  require_axis(type.shape, axis);
  std::int64_t length = type.shape[axis];
  for (std::size_t k = 1; k < i.inputs(); ++k) {
    ValueType other = i.in(k);
    length += other.shape.rank() == type.shape.rank() ? other.shape[axis] : 0;
    if (other.shape.rank() == type.shape.rank()) other.shape = with_axis(other.shape, axis, type.shape[axis]);
    Inference::require(other == type, text(type), text(i.in(k)));
  }
  type.shape = with_axis(type.shape, axis, length);
  i.out(type);
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const int axis = c.attributes_as<AxisAttributes>().axis;
  const AxisView to(*c.out_type[0], axis);
  const std::int64_t row = to.length * to.inner;
  T* out = c.output<T>(0);
  for (std::size_t k = 0; k < max_inputs && c.has(k); ++k) {
    const AxisView from(*c.in_type[k], axis);
    const std::int64_t count = from.length * from.inner;
    for (std::int64_t o = begin * to.outer; o < end * to.outer; ++o) {
      std::copy_n(c.input<T>(k) + o * count, count, out + o * row);
    }
    out += count;
  }
}

void gradient(Gradient& g) {
  const int axis = g.attributes().as<AxisAttributes>().axis;
  std::int64_t start = 0;
  for (std::size_t k = 0; g.has(k); ++k) {
    const std::int64_t length = g.graph().type(g.in(k)).shape[axis];
    if (g.wanted(k)) g.set(k, g.add(slice, {g.d()}, Attributes(SliceAttributes{axis, start, length})));
    start += length;
  }
}

void step(Stepping& s) {
  const int axis = s.common_axis();
  if (axis == s.attributes().as<AxisAttributes>().axis) s.refuse();
  s.itself(axis);
}

void print(const Attributes& attributes, TextSink& sink) { sink.put("axis", attributes.as<AxisAttributes>().axis); }

}  // namespace concat_op
}  // namespace

const Op concat{.name = "concat",
                .infer = concat_op::infer,
                .run = TRAINYARD_KERNELS(concat_op::run),
                .work = elementwise_work,
                .gradient = concat_op::gradient,
                .step = concat_op::step,
                .onnx = "Concat",
                .print_attributes = concat_op::print};

}  // namespace trainyard::ops
