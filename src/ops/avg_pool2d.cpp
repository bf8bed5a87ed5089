// y = the mean of each window, channel by channel; zeros of the padding count unless countIncludePad is off.
// x: [*, channels, height, width], channels last in memory.
#include "ops/all.hpp"
#include "ops/pool.hpp"

namespace trainyard::ops {
namespace {
namespace avg_pool2d_op {

void infer(Inference& i) {
  const kernels::Pool& p = i.attributes<Pool2dAttributes>().pool;
  require_range("dilation", p.dilation_h, 1, 1);
  require_range("dilation", p.dilation_w, 1, 1);
  infer_pool(i);
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::average_pool(c.attributes_as<Pool2dAttributes>().pool, begin, end, c.input<T>(0), c.output<T>(0));
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::average_pool_gradient(c.attributes_as<Pool2dAttributes>().pool, begin, end, c.input<T>(0), c.output<T>(0));
}

void gradient(Gradient& g) { g.set(0, g.add(avg_pool2d_grad, {g.d()}, g.attributes())); }

}  // namespace avg_pool2d_op
}  // namespace

const Op avg_pool2d{.name = "avg_pool2d",
                    .infer = avg_pool2d_op::infer,
                    .run = TRAINYARD_KERNELS(avg_pool2d_op::run),
                    .work = pool_work,
                    .gradient = avg_pool2d_op::gradient,
                    .onnx = "AveragePool",
                    .print_attributes = print_pool};
const Op avg_pool2d_grad{.name = "avg_pool2d_grad",
                         .infer = infer_pool_grad,
                         .run = TRAINYARD_KERNELS(avg_pool2d_op::run_grad),
                         .work = pool_work,
                         .print_attributes = print_pool};

}  // namespace trainyard::ops
