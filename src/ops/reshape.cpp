// y = the same numbers with other axes: [*, …] -> [*, shape]. Costs nothing where it may lie in x's place.
#include <cstring>

#include "ops/all.hpp"
#include "ops/shaping.hpp"

namespace trainyard::ops {
namespace {
namespace reshape_op {

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  const Shape& shape = i.attributes<ReshapeAttributes>().shape;
  Inference::require_float(x);
  Inference::require(x.layout == Layout::channels_first && shape.size() == x.shape.size(),
                     std::to_string(x.shape.size()), text(shape, x.batched));
  i.out({.shape = shape, .batched = x.batched});
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  if (c.in[0] == c.out[0]) return;
  const auto [first, count] = elements(*c.out_type[0], begin, end);
  std::memcpy(c.output<T>(0) + first, c.input<T>(0) + first, static_cast<std::size_t>(count) * sizeof(T));
}

void gradient(Gradient& g) {
  g.set(0, g.add(reshape, {g.d()}, Attributes(ReshapeAttributes{g.graph().type(g.in(0)).shape})));
}

/// The new axes must have one of positions too: as many numbers before it.
void step(Stepping& s) {
  const int from = s.axis(0);
  if (from < 0) return s.itself(-1);
  const auto before = [](const Shape& shape, int axis) {
    std::int64_t n = 1;
    for (int i = 0; i < axis; ++i) n *= shape[i];
    return n;
  };
  const Shape& shape = s.attributes().as<ReshapeAttributes>().shape;
  for (int to = 0; to < shape.rank(); ++to) {
    if (shape[to] != s.positions() || before(shape, to) != before(s.was(0).shape, from)) continue;
    return s.itself(to, Attributes(ReshapeAttributes{with_axis(shape, to, 1)}));
  }
  s.refuse();
}

}  // namespace reshape_op
}  // namespace

const Op reshape{.name = "reshape",
                 .infer = reshape_op::infer,
                 .run = TRAINYARD_KERNELS(reshape_op::run),
                 .work = elementwise_work,
                 .gradient = reshape_op::gradient,
                 .step = reshape_op::step,
                 .in_place = 0,
                 .onnx = "Reshape"};

}  // namespace trainyard::ops
