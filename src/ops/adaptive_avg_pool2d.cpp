// y = the mean of each of out_height × out_width windows that share an image among them (PyTorch's AdaptiveAvgPool2d).
// x: [*, channels, height, width], channels last in memory; y: [*, channels, out_height, out_width].
#include "ops/adaptive_avg_pool2d.hpp"

#include <algorithm>
#include <string>

#include "ops/all.hpp"
#include "ops/image.hpp"

namespace trainyard::ops {
namespace {
namespace adaptive_avg_pool2d_op {

using kernels::AdaptivePool;

const AdaptivePool& pool_of(const Attributes& a) { return a.as<AdaptivePool2dAttributes>().pool; }

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  require_image(x);
  AdaptivePool& p = i.attributes<AdaptivePool2dAttributes>().pool;
  require_range("out", p.out_height, 1);
  require_range("out", p.out_width, 1);
  require_range("numbers", x.shape.size(), 1, largest_image);
  p.channels = static_cast<std::int32_t>(x.shape[0]);
  p.height = static_cast<std::int32_t>(x.shape[1]);
  p.width = static_cast<std::int32_t>(x.shape[2]);
  const auto numbers = Shape{p.channels, p.out_height, p.out_width}.size();
  require_range("numbers", numbers, 1, largest_image);
  i.out(image_type(p.channels, p.out_height, p.out_width));
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::adaptive_average_pool(c.attributes_as<AdaptivePool2dAttributes>().pool, begin, end, c.input<T>(0),
                                 c.output<T>(0));
}

void infer_grad(Inference& i) {
  const AdaptivePool& p = i.attributes<AdaptivePool2dAttributes>().pool;
  i.out(image_type(p.channels, p.height, p.width));
}

template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::adaptive_average_pool_gradient(c.attributes_as<AdaptivePool2dAttributes>().pool, begin, end, c.input<T>(0),
                                          c.output<T>(0));
}

/// Every pixel is read about once, or every window holds one.
Work work(const CallTypes& t) {
  const AdaptivePool& p = pool_of(*t.attributes);
  return {.units = t.rows,
          .grain = 1,
          .rows = true,
          .flops = static_cast<double>(t.rows) * static_cast<double>(std::max(p.in_size(), p.out_size()))};
}

void gradient(Gradient& g) { g.set(0, g.add(adaptive_avg_pool2d_grad, {g.d()}, g.attributes())); }

void print(const Attributes& attributes, TextSink& sink) {
  const AdaptivePool& p = pool_of(attributes);
  sink.put("out", std::to_string(p.out_height) + "x" + std::to_string(p.out_width));
}

}  // namespace adaptive_avg_pool2d_op
}  // namespace

const Op adaptive_avg_pool2d{.name = "adaptive_avg_pool2d",
                             .infer = adaptive_avg_pool2d_op::infer,
                             .run = TRAINYARD_KERNELS(adaptive_avg_pool2d_op::run),
                             .work = adaptive_avg_pool2d_op::work,
                             .gradient = adaptive_avg_pool2d_op::gradient,
                             .onnx = "Concat(ReduceMean(Slice(x)))",
                             .print_attributes = adaptive_avg_pool2d_op::print};
const Op adaptive_avg_pool2d_grad{.name = "adaptive_avg_pool2d_grad",
                                  .infer = adaptive_avg_pool2d_op::infer_grad,
                                  .run = TRAINYARD_KERNELS(adaptive_avg_pool2d_op::run_grad),
                                  .work = adaptive_avg_pool2d_op::work,
                                  .print_attributes = adaptive_avg_pool2d_op::print};

}  // namespace trainyard::ops
