// y = `length` places of one axis from `start` on.
#include <algorithm>

#include "ops/all.hpp"
#include "ops/shaping.hpp"

namespace trainyard::ops {
namespace {
namespace slice_op {

void infer(Inference& i) {
  const auto& a = i.attributes<SliceAttributes>();
  ValueType type = i.in(0);
  Inference::require_float(type);
  require_axis(type.shape, a.axis);
  const std::int64_t size = type.shape[a.axis];
  if (a.start < 0 || a.length < 1 || a.start >= size || a.length > size - a.start) {
    throw Error(ErrorCode::invalid_value, "", "0 <= start < end <= " + std::to_string(size),
                std::to_string(a.start) + " + " + std::to_string(a.length));
  }
  type.shape = with_axis(type.shape, a.axis, a.length);
  i.out(type);
}

/// Outer rows of [begin, end) and the part of each that the slice is.
struct Part {
  std::int64_t begin, end, row, first, count;
  Part(const ValueType& whole, const SliceAttributes& a, std::int64_t b, std::int64_t e) {
    const AxisView view(whole, a.axis);
    begin = b * view.outer;
    end = e * view.outer;
    row = view.length * view.inner;
    first = a.start * view.inner;
    count = a.length * view.inner;
  }
};

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const Part p(*c.in_type[0], c.attributes_as<SliceAttributes>(), begin, end);
  for (std::int64_t o = p.begin; o < p.end; ++o) {
    std::copy_n(c.input<T>(0) + o * p.row + p.first, p.count, c.output<T>(0) + o * p.count);
  }
}

void gradient(Gradient& g) {
  const auto& a = g.attributes().as<SliceAttributes>();
  const ValueType& x = g.graph().type(g.in(0));
  g.set(0, g.add(slice_grad, {g.d()}, Attributes(SliceGradAttributes{a, x.shape[a.axis]})));
}

/// The last position is, step by step, the one at hand.
void step(Stepping& s) {
  const auto& a = s.attributes().as<SliceAttributes>();
  const int axis = s.axis(0);
  if (axis != a.axis) return s.itself(axis);
  if (a.length != 1 || a.start + 1 != s.positions()) s.refuse();
  s.set(0, s.in(0), -1);
}

// dx = dy in its place, zeros around it.
void infer_grad(Inference& i) {
  const auto& a = i.attributes<SliceGradAttributes>();
  ValueType type = i.in(0);
  type.shape = with_axis(type.shape, a.slice.axis, a.size);
  i.out(type);
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const Part p(*c.out_type[0], c.attributes_as<SliceGradAttributes>().slice, begin, end);
  for (std::int64_t o = p.begin; o < p.end; ++o) {
    T* row = c.output<T>(0) + o * p.row;
    std::fill_n(row, p.first, T(0));
    std::copy_n(c.input<T>(0) + o * p.count, p.count, row + p.first);
    std::fill_n(row + p.first + p.count, p.row - p.first - p.count, T(0));
  }
}

void print(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<SliceAttributes>();
  sink.put("axis", a.axis);
  sink.put("start", static_cast<double>(a.start));
  sink.put("length", static_cast<double>(a.length));
}

}  // namespace slice_op
}  // namespace

const Op slice{.name = "slice",
               .infer = slice_op::infer,
               .run = TRAINYARD_KERNELS(slice_op::run),
               .work = elementwise_work,
               .gradient = slice_op::gradient,
               .step = slice_op::step,
               .onnx = "Slice",
               .print_attributes = slice_op::print};
const Op slice_grad{.name = "slice_grad",
                    .infer = slice_op::infer_grad,
                    .run = TRAINYARD_KERNELS(slice_op::run_grad),
                    .work = elementwise_work,
                    .print_attributes = slice_op::print};

}  // namespace trainyard::ops
