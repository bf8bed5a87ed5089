// Attributes and helpers of the norms.
#pragma once
#include "graph/fusion.hpp"
#include "ops/common.hpp"

namespace trainyard::ops {

struct BatchNormAttributes {
  ActivationAttributes activation;  ///< of batch_norm: `none` until the epilogue pass merges one in
  double eps = 1e-5;
  double momentum = 0.1;  ///< of batch_norm_stats: share of the new statistics; below 0: the mean of all batches so far
  bool training = true;   ///< of batch_norm: mean and variance are those of x itself
  std::int64_t positions = 1;  ///< of joined_batch_norm_stats: how many of x a row has
};

struct LayerNormAttributes {
  double eps = 1e-5;
  int axes = 1;         ///< how many of the last axes are normalised together
  bool centred = true;  ///< rms_norm: false, nothing is subtracted
};

/// The kernel of layer_norm and rms_norm: which one, the attributes say.
template <class T>
void run_layer_norm(const Call& c, std::int64_t begin, std::int64_t end);

/// What a batch norm layer hands over. Optional: weight and bias; the running statistics (without them the batch's own
/// are used always).
struct BatchNorm {
  ValueId x;  ///< [*, features], or an image with channels last
  ValueId weight, bias;
  ValueId running_mean, running_var, num_batches_tracked;
  double eps = 1e-5;
  double momentum = 0.1;  ///< below 0: PyTorch's momentum=None
  bool training = true;
};
/// Writes the nodes of a batch norm; in training they update the running statistics.
[[nodiscard]] ValueId add_batch_norm(Graph& graph, const BatchNorm& norm);

/// The work of joining parts: each channel by itself.
[[nodiscard]] inline Work by_channels(const CallTypes& t) {
  return {.units = t.out[0]->shape.size(), .grain = 16, .flops = 4 * static_cast<double>(t.out[0]->shape.size())};
}

/// Channels of a batch-normalised value, and how many positions a row has.
[[nodiscard]] inline std::int64_t channels(const ValueType& type) {
  return type.layout == Layout::channels_last ? type.shape[0] : type.shape.back();
}
[[nodiscard]] inline std::int64_t positions_per_row(const ValueType& type) {
  return type.shape.size() / channels(type);
}

}  // namespace trainyard::ops
