// y[…, j, i] = x[…, i, j]: the last two axes change places. x: [*, …, m, n], y: [*, …, n, m].
#include "kernels/elementwise.hpp"
#include "ops/all.hpp"
#include "ops/shaping.hpp"

namespace trainyard::ops {
namespace {
namespace transpose_op {

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  Inference::require_float(x);
  const int rank = x.shape.rank();
  Inference::require(rank >= 2 && x.layout == Layout::channels_first, "[*, m, n]", text(x.shape, x.batched));
  const Shape swapped = with_axis(with_axis(x.shape, rank - 2, x.shape[rank - 1]), rank - 1, x.shape[rank - 2]);
  i.out({.shape = swapped, .batched = x.batched});
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const Shape& s = c.in_type[0]->shape;
  const std::int64_t matrices = s.leading(s.rank() - 2);
  kernels::transpose(begin * matrices, end * matrices, s[s.rank() - 2], s.back(), c.input<T>(0), c.output<T>(0));
}

void gradient(Gradient& g) { g.set(0, g.add(transpose, {g.d()})); }

}  // namespace transpose_op
}  // namespace

const Op transpose{.name = "transpose",
                   .infer = transpose_op::infer,
                   .run = TRAINYARD_KERNELS(transpose_op::run),
                   .work = elementwise_work,
                   .gradient = transpose_op::gradient,
                   .onnx = "Transpose"};

}  // namespace trainyard::ops
