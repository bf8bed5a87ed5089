// y = factor x + offset, both constants.
#include "ops/affine.hpp"

#include "ops/all.hpp"
#include "ops/common.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {
namespace {
namespace affine_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto [first, count] = elements(*c.out_type[0], begin, end);
  const auto& a = c.attributes_as<AffineAttributes>();
  const simd::Vec<T> factor(static_cast<T>(a.factor));
  const simd::Vec<T> offset(static_cast<T>(a.offset));
  simd::map<T>(
      count, c.output<T>(0) + first, [=](const auto& x) { return simd::madd<T>(x, factor, offset); },
      c.input<T>(0) + first);
}

void gradient(Gradient& g) {
  const AffineAttributes a{.factor = g.attributes().as<AffineAttributes>().factor};
  g.set(0, g.add(affine, {g.d()}, Attributes(a)));
}

void print(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<AffineAttributes>();
  sink.put("factor", a.factor);
  if (a.offset != 0) sink.put("offset", a.offset);
}

}  // namespace affine_op
}  // namespace

const Op affine{.name = "affine",
                .infer = same_as_first,
                .run = TRAINYARD_KERNELS(affine_op::run),
                .work = elementwise_work,
                .gradient = affine_op::gradient,
                .step = step_elementwise,
                .in_place = 0,
                .onnx = "Add(Mul(x, factor), offset)",
                .print_attributes = affine_op::print};

}  // namespace trainyard::ops
