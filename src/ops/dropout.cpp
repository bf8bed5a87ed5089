// y = x / (1 - p), or 0 with probability p (Srivastava et al. 2014). Whether a number is kept follows from seed, the
// layer's name, step and the number's index in the whole batch: nothing is stored, and the gradient is the same op on
// dy.
#include "ops/dropout.hpp"

#include "core/error.hpp"
#include "kernels/dropout.hpp"
#include "ops/all.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {
namespace {
namespace dropout_op {

void infer(Inference& i) {
  const double p = i.attributes<DropoutAttributes>().probability;
  if (!(p >= 0 && p <= 1)) throw Error(ErrorCode::invalid_value, "", "0 <= p <= 1", std::to_string(p));
  same_as_first(i);
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t row = c.out_type[0]->shape.size();
  const kernels::DropoutMask mask{.seed = c.context->seed,
                                  .stream = c.stream,
                                  .step = c.context->step,
                                  .probability = c.attributes_as<DropoutAttributes>().probability};
  kernels::dropout(mask, c.context->first_row * row, begin * row, end * row, c.input<T>(0), c.output<T>(0));
}

void gradient(Gradient& g) { g.set(0, g.add(dropout, {g.d()}, g.attributes())); }

void print(const Attributes& attributes, TextSink& sink) {
  sink.put("p", attributes.as<DropoutAttributes>().probability);
}

}  // namespace dropout_op
}  // namespace

const Op dropout{.name = "dropout",
                 .infer = dropout_op::infer,
                 .run = TRAINYARD_KERNELS(dropout_op::run),
                 .work = [](const CallTypes& t) { return by_rows(t, 12); },
                 .gradient = dropout_op::gradient,
                 .step = step_elementwise,
                 .in_place = 0,
                 .onnx = "Dropout",
                 .print_attributes = dropout_op::print};

}  // namespace trainyard::ops
