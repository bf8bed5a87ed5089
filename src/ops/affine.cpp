// y = factor x + offset, both constants.
#include "ops/affine.hpp"

#include "ops/all.hpp"
#include "ops/common.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {
namespace {

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

}  // namespace

const Op affine{.name = "affine",
                .infer = same_as_first,
                .run = TRAINYARD_KERNELS(run),
                .work = elementwise_work,
                .gradient = gradient,
                .step = step_elementwise,
                .in_place = 0,
                .onnx = "Add(Mul(x, factor), offset)",
                .print_attributes = print};

}  // namespace trainyard::ops
