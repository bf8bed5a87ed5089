// y = a - b (binary.hpp says what b may be).
#include "ops/affine.hpp"
#include "ops/all.hpp"
#include "ops/binary.hpp"

namespace trainyard::ops {
namespace {
namespace sub_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  run_binary<T>(c, begin, end, [](const auto& a, const auto& b) { return a - b; });
}

void gradient(Gradient& g) {
  g.set(0, g.d());
  if (g.wanted(1)) set_binary(g, 1, g.add(affine, {g.d()}, Attributes(AffineAttributes{.factor = -1})));
}

}  // namespace sub_op
}  // namespace

const Op sub{.name = "sub",
             .infer = infer_binary,
             .run = TRAINYARD_KERNELS(sub_op::run),
             .work = elementwise_work,
             .gradient = sub_op::gradient,
             .step = step_elementwise,
             .in_place = 0,
             .onnx = "Sub"};

}  // namespace trainyard::ops
