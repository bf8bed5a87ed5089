// Mean and (biased) variance of every channel over all rows and positions, and from them the running statistics.
// x: [*, features] or [*, channels, height, width] with channels last -> [channels] twice. Optional inputs
// running_mean, running_var, num_batches_tracked are state parameters that it updates, as torch.nn.BatchNorm does. Its
// part in the gradient of x is in batch_norm's.
#include "kernels/norm.hpp"
#include "ops/all.hpp"
#include "ops/norm.hpp"

namespace trainyard::ops {
namespace {
namespace batch_norm_stats_op {

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  Inference::require_float(x);
  const bool image = x.shape.rank() == 3 && x.layout == Layout::channels_last;
  Inference::require(x.batched && (image || x.shape.rank() == 1), "[*, features] | [*, channels, height, width]",
                     text(x.shape, x.batched));
  const ValueType statistic{.shape = {channels(x)}, .batched = false};
  i.out(statistic);
  i.out(statistic);
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const ValueType& x = *c.in_type[0];
  kernels::batch_norm_statistics(c.rows * positions_per_row(x), begin, end, channels(x), c.input<T>(0), c.output<T>(0),
                                 c.output<T>(1));
}

/// running = (1 - momentum) running + momentum new, the variance unbiased.
template <class T>
void finish(const Call& c, std::int64_t /*begin*/, std::int64_t /*end*/) {
  if (!c.has(1)) return;
  // The one place that writes to its inputs: state parameters.
  T* mean = const_cast<T*>(c.input<T>(1));
  T* variance = const_cast<T*>(c.input<T>(2));
  double momentum = c.attributes_as<BatchNormAttributes>().momentum;
  if (c.has(3)) {
    std::int32_t& batches = *const_cast<std::int32_t*>(c.input<std::int32_t>(3));
    ++batches;
    if (momentum < 0) momentum = 1 / static_cast<double>(batches);
  }
  const std::int64_t count = c.rows * positions_per_row(*c.in_type[0]);
  const T share = static_cast<T>(momentum);
  const T rest = static_cast<T>(1 - momentum);
  const T unbiased = count > 1 ? static_cast<T>(static_cast<double>(count) / static_cast<double>(count - 1)) : T(1);
  const std::int64_t n = c.out_type[0]->shape.size();
  simd::map<T>(
      n, mean, [=](const auto& old, const auto& now) { return old * rest + now * share; }, mean, c.output<T>(0));
  simd::map<T>(
      n, variance, [=](const auto& old, const auto& now) { return old * rest + now * unbiased * share; }, variance,
      c.output<T>(1));
}

Work work(const CallTypes& t) {
  return {.units = t.out[0]->shape.size(), .grain = 16, .flops = 4 * static_cast<double>(t.in[0]->elements(t.rows))};
}

}  // namespace batch_norm_stats_op
}  // namespace

const Op batch_norm_stats{.name = "batch_norm_stats",
                          .infer = batch_norm_stats_op::infer,
                          .run = TRAINYARD_KERNELS(batch_norm_stats_op::run),
                          .work = batch_norm_stats_op::work,
                          .finish = TRAINYARD_KERNELS(batch_norm_stats_op::finish),
                          .couples_rows = true,
                          .has_effect = true,
                          .onnx = "ReduceMean"};

}  // namespace trainyard::ops
