// y = e^x / sum(e^x), and its logarithm, along the last axis. Both gradients come from y.
#include "kernels/softmax.hpp"

#include "ops/all.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {
namespace {
namespace softmax_op {

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  Inference::require(x.shape.rank() >= 1 && x.layout == Layout::channels_first, "[*, classes]", text(x));
  same_as_first(i);
}

/// Rows of the kernel's matrix in a row of the batch.
std::int64_t lines(const Call& c) { return c.out_type[0]->shape.size() / c.out_type[0]->shape.back(); }

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::softmax(begin * lines(c), end * lines(c), c.out_type[0]->shape.back(), c.input<T>(0), c.output<T>(0));
}
template <class T>
void run_log(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::log_softmax(begin * lines(c), end * lines(c), c.out_type[0]->shape.back(), c.input<T>(0), c.output<T>(0));
}

// Inputs dy, y.
template <class T>
void run_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::softmax_gradient(begin * lines(c), end * lines(c), c.out_type[0]->shape.back(), c.input<T>(1), c.input<T>(0),
                            c.output<T>(0));
}
template <class T>
void run_log_grad(const Call& c, std::int64_t begin, std::int64_t end) {
  kernels::log_softmax_gradient(begin * lines(c), end * lines(c), c.out_type[0]->shape.back(), c.input<T>(1),
                                c.input<T>(0), c.output<T>(0));
}

void gradient(Gradient& g) { g.set(0, g.add(softmax_grad, {g.d(), g.out()})); }
void gradient_log(Gradient& g) { g.set(0, g.add(log_softmax_grad, {g.d(), g.out()})); }

Work work(const CallTypes& t) { return by_rows(t, 20); }

}  // namespace softmax_op
}  // namespace

const Op softmax{.name = "softmax",
                 .infer = softmax_op::infer,
                 .run = TRAINYARD_KERNELS(softmax_op::run),
                 .work = softmax_op::work,
                 .gradient = softmax_op::gradient,
                 .step = step_along_last,
                 .in_place = 0,
                 .onnx = "Softmax"};
const Op log_softmax{.name = "log_softmax",
                     .infer = softmax_op::infer,
                     .run = TRAINYARD_KERNELS(softmax_op::run_log),
                     .work = softmax_op::work,
                     .gradient = softmax_op::gradient_log,
                     .step = step_along_last,
                     .in_place = 0,
                     .onnx = "LogSoftmax"};
const Op softmax_grad{.name = "softmax_grad",
                      .infer = same_as_first,
                      .run = TRAINYARD_KERNELS(softmax_op::run_grad),
                      .work = [](const CallTypes& t) { return by_rows(t, 4); },
                      .in_place = 0};
const Op log_softmax_grad{.name = "log_softmax_grad",
                          .infer = same_as_first,
                          .run = TRAINYARD_KERNELS(softmax_op::run_log_grad),
                          .work = softmax_op::work,
                          .in_place = 0};

}  // namespace trainyard::ops
