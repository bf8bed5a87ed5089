// y = a b, elementwise (binary.hpp says what b may be).
#include "ops/all.hpp"
#include "ops/binary.hpp"

namespace trainyard::ops {
namespace {
namespace mul_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  run_binary<T>(c, begin, end, [](const auto& a, const auto& b) { return a * b; });
}

void gradient(Gradient& g) {
  if (g.wanted(0)) g.set(0, g.add(mul, {g.d(), g.in(1)}));
  if (g.wanted(1)) set_binary(g, 1, g.add(mul, {g.d(), g.in(0)}));
}

}  // namespace mul_op
}  // namespace

const Op mul{.name = "mul",
             .infer = infer_binary,
             .run = TRAINYARD_KERNELS(mul_op::run),
             .work = elementwise_work,
             .gradient = mul_op::gradient,
             .step = step_elementwise,
             .in_place = 0,
             .onnx = "Mul"};

}  // namespace trainyard::ops
