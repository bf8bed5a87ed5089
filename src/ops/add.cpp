// y = a + b, of one type.
#include "ops/all.hpp"
#include "ops/common.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {
namespace {

void infer(Inference& i) {
  Inference::require_float(i.in(0));
  Inference::require(i.in(0) == i.in(1), text(i.in(0)), text(i.in(1)));
  i.out(i.in(0));
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto [first, count] = elements(*c.out_type[0], begin, end);
  simd::map<T>(
      count, c.output<T>(0) + first, [](const auto& a, const auto& b) { return a + b; }, c.input<T>(0) + first,
      c.input<T>(1) + first);
}

void gradient(Gradient& g) {
  g.set(0, g.d());
  g.set(1, g.d());
}

}  // namespace

const Op add{.name = "add",
             .infer = infer,
             .run = TRAINYARD_KERNELS(run),
             .work = elementwise_work,
             .gradient = gradient,
             .in_place = 0,
             .onnx = "Add"};

}  // namespace trainyard::ops
