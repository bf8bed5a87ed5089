// What loss ops share. A loss gives one number a row; the trainer weighs rows and divides (graph/op.hpp).
#pragma once
#include <cstdint>

#include "ops/common.hpp"

namespace trainyard::ops {

struct CrossEntropyAttributes {
  double label_smoothing = 0;
  std::int64_t ignore_index = -100;  ///< a class id that counts for nothing (PyTorch's default)
};

struct HuberAttributes {
  double delta = 1;  ///< up to here the loss is a square
};

[[nodiscard]] inline ValueType one_a_row() { return {.shape = {}, .batched = true}; }

/// Regression losses: prediction and target of one shape.
inline void infer_regression(Inference& i) {
  Inference::require_float(i.in(0));
  Inference::require(i.in(0).shape == i.in(1).shape, text(i.in(0).shape, true), text(i.in(1).shape, true),
                     {"target_shape", ""});
  i.out(one_a_row());
}
inline void infer_regression_grad(Inference& i) { i.out(i.in(0)); }

/// Cut by rows, although the output is one number a row: `cost` operations an element of the prediction.
[[nodiscard]] inline Work loss_work(const CallTypes& t, double cost) {
  return {.units = t.rows, .grain = 1, .rows = true, .flops = cost * static_cast<double>(t.in[0]->elements(t.rows))};
}

}  // namespace trainyard::ops
