// y = the mean of each channel: [*, channels, height, width], channels last in memory -> [*, channels].
#include "ops/all.hpp"
#include "ops/pool.hpp"

namespace trainyard::ops {
namespace {
namespace global_avg_pool2d_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const Shape& image = c.in_type[0]->shape;
  kernels::global_average_pool(begin, end, positions(image), image[0], c.input<T>(0), c.output<T>(0));
}

// Attributes: the image's shape.
void infer_grad(Inference& i) {
  const Shape& image = i.attributes<Shape>();
  i.out(image_type(image[0], image[1], image[2]));
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  const Shape& image = c.out_type[0]->shape;
  kernels::global_average_pool_gradient(begin, end, positions(image), image[0], c.input<T>(0), c.output<T>(0));
}

void gradient(Gradient& g) {
  g.set(0, g.add(global_avg_pool2d_grad, {g.d()}, Attributes(g.graph().type(g.in(0)).shape)));
}

}  // namespace global_avg_pool2d_op
}  // namespace

const Op global_avg_pool2d{.name = "global_avg_pool2d",
                           .infer = infer_global_pool,
                           .run = TRAINYARD_KERNELS(global_avg_pool2d_op::run),
                           .work = global_pool_work,
                           .gradient = global_avg_pool2d_op::gradient,
                           .onnx = "GlobalAveragePool"};
const Op global_avg_pool2d_grad{.name = "global_avg_pool2d_grad",
                                .infer = global_avg_pool2d_op::infer_grad,
                                .run = TRAINYARD_KERNELS(global_avg_pool2d_op::run_grad),
                                .work = [](const CallTypes& t) { return by_rows(t); }};

}  // namespace trainyard::ops
