// Mean and (biased) variance of every channel over all rows and positions, and from them the running statistics.
// x: [*, features] or [*, channels, height, width] with channels last -> [channels] twice. Optional inputs
// running_mean, running_var, num_batches_tracked are state parameters that it updates, as torch.nn.BatchNorm does. Its
// part in the gradient of x is in batch_norm's.
#include <algorithm>

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

/// running = (1 - momentum) running + momentum new, the variance unbiased, for inputs `first` to first + 2 and the
/// statistics of so many positions.
template <class T>
void keep_running(const Call& c, std::size_t first, double count) {
  if (!c.has(first)) return;
  // The one place that writes to its inputs: state parameters.
  T* mean = const_cast<T*>(c.input<T>(first));
  T* variance = const_cast<T*>(c.input<T>(first + 1));
  double momentum = c.attributes_as<BatchNormAttributes>().momentum;
  if (c.has(first + 2)) {
    std::int32_t& batches = *const_cast<std::int32_t*>(c.input<std::int32_t>(first + 2));
    ++batches;
    if (momentum < 0) momentum = 1 / static_cast<double>(batches);
  }
  const T share = static_cast<T>(momentum);
  const T rest = static_cast<T>(1 - momentum);
  const T unbiased = count > 1 ? static_cast<T>(count / (count - 1)) : T(1);
  const std::int64_t n = c.out_type[0]->shape.size();
  simd::map<T>(
      n, mean, [=](const auto& old, const auto& now) { return old * rest + now * share; }, mean, c.output<T>(0));
  simd::map<T>(
      n, variance, [=](const auto& old, const auto& now) { return old * rest + now * unbiased * share; }, variance,
      c.output<T>(1));
}

template <class T>
void finish(const Call& c, std::int64_t /*begin*/, std::int64_t /*end*/) {
  keep_running<T>(c, 1, static_cast<double>(c.rows * positions_per_row(*c.in_type[0])));
}

Work work(const CallTypes& t) {
  return {.units = t.out[0]->shape.size(), .grain = 16, .flops = 4 * static_cast<double>(t.in[0]->elements(t.rows))};
}

// The same of a batch that several engines share, from mean and variance of each one's rows, the first two inputs; the
// running statistics follow (torch.nn.SyncBatchNorm; Chan, Golub, LeVeque 1979).
void infer_joined(Inference& i) {
  i.out(i.in(0));
  i.out(i.in(0));
}

template <class T>
void run_joined(const Call& c, std::int64_t begin, std::int64_t end) {
  const Parts* parts = c.context->parts;
  if (parts == nullptr) {
    for (const std::size_t k : {0U, 1U}) std::copy(c.input<T>(k) + begin, c.input<T>(k) + end, c.output<T>(k) + begin);
    return;
  }
  const std::int64_t width = c.out_type[0]->shape.size();
  const double rows = parts->all_rows();
  for (std::int64_t i = begin; i < end; ++i) {
    const auto mean_of = [&](auto&& of_part) {
      double sum = 0;
      for (std::int64_t p = 0; p < parts->count; ++p) {
        if (parts->rows(p) > 0) sum += parts->rows(p) * of_part(parts->numbers<T>(p));
      }
      return sum / rows;
    };
    const double mean = mean_of([=](const T* part) { return static_cast<double>(part[i]); });
    c.output<T>(0)[i] = static_cast<T>(mean);
    c.output<T>(1)[i] = static_cast<T>(mean_of([=](const T* part) {
      const double off = static_cast<double>(part[i]) - mean;
      return static_cast<double>(part[width + i]) + off * off;
    }));
  }
}

template <class T>
void finish_joined(const Call& c, std::int64_t /*begin*/, std::int64_t /*end*/) {
  const double rows = c.context->parts == nullptr ? static_cast<double>(c.rows) : c.context->parts->all_rows();
  keep_running<T>(c, 2, rows * static_cast<double>(c.attributes_as<BatchNormAttributes>().positions));
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
const Op joined_batch_norm_stats{.name = "joined_batch_norm_stats",
                                 .infer = batch_norm_stats_op::infer_joined,
                                 .run = TRAINYARD_KERNELS(batch_norm_stats_op::run_joined),
                                 .work = by_channels,
                                 .finish = TRAINYARD_KERNELS(batch_norm_stats_op::finish_joined),
                                 .joins_parts = true,
                                 .has_effect = true};

}  // namespace trainyard::ops
