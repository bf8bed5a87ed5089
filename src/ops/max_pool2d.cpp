// y = the largest number of each window, channel by channel. x: [*, channels, height, width], channels last in memory.
// The gradient goes to the first largest pixel of a window, found again from x and y.
#include "ops/all.hpp"
#include "ops/pool.hpp"

namespace trainyard::ops {
namespace {
namespace max_pool2d_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::max_pool(c.attributes_as<Pool2dAttributes>().pool, begin, end, c.input<T>(0), c.output<T>(0));
}

// Inputs x, y, dy.
template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::max_pool_gradient(c.attributes_as<Pool2dAttributes>().pool, begin, end, c.input<T>(0), c.input<T>(1),
                             c.input<T>(2), c.output<T>(0));
}

void gradient(Gradient& g) { g.set(0, g.add(max_pool2d_grad, {g.in(0), g.out(), g.d()}, g.attributes())); }

}  // namespace max_pool2d_op
}  // namespace

const Op max_pool2d{.name = "max_pool2d",
                    .infer = infer_pool,
                    .run = TRAINYARD_KERNELS(max_pool2d_op::run),
                    .work = pool_work,
                    .gradient = max_pool2d_op::gradient,
                    .onnx = "MaxPool",
                    .print_attributes = print_pool};
const Op max_pool2d_grad{.name = "max_pool2d_grad",
                         .infer = infer_pool_grad,
                         .run = TRAINYARD_KERNELS(max_pool2d_op::run_grad),
                         .work = pool_work,
                         .print_attributes = print_pool};

}  // namespace trainyard::ops
