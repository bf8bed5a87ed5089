// The way an image value [C, H, W] lies in memory: channels first (PyTorch's, what users see) or last (what the
// convolution kernels want). The shape stays [C, H, W]; only the order of the numbers changes.
#include "kernels/elementwise.hpp"
#include "ops/all.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {
namespace {
namespace layout_op {

void infer_last(Inference& i) {
  ValueType type = i.in(0);
  Inference::require_float(type);
  Inference::require(type.shape.rank() == 3, "[*, channels, height, width]", text(type.shape, type.batched));
  type.layout = Layout::channels_last;
  i.out(type);
}

void infer_first(Inference& i) {
  ValueType type = i.in(0);
  type.layout = Layout::channels_first;
  i.out(type);
}

template <class T>
void run_last(const Call& c, std::int64_t begin, std::int64_t end) {
  const Shape& s = c.out_type[0]->shape;
  kernels::transpose(begin, end, s[0], s[1] * s[2], c.input<T>(0), c.output<T>(0));
}

template <class T>
void run_first(const Call& c, std::int64_t begin, std::int64_t end) {
  const Shape& s = c.out_type[0]->shape;
  kernels::transpose(begin, end, s[1] * s[2], s[0], c.input<T>(0), c.output<T>(0));
}

void gradient_last(Gradient& g) { g.set(0, g.graph().channels_first(g.d())); }
void gradient_first(Gradient& g) { g.set(0, g.graph().channels_last(g.d())); }

}  // namespace layout_op
}  // namespace

const Op to_channels_last{.name = "to_channels_last",
                          .infer = layout_op::infer_last,
                          .run = TRAINYARD_KERNELS(layout_op::run_last),
                          .work = elementwise_work,
                          .gradient = layout_op::gradient_last,
                          .onnx = "Identity"};
const Op to_channels_first{.name = "to_channels_first",
                           .infer = layout_op::infer_first,
                           .run = TRAINYARD_KERNELS(layout_op::run_first),
                           .work = elementwise_work,
                           .gradient = layout_op::gradient_first,
                           .onnx = "Identity"};

}  // namespace trainyard::ops
