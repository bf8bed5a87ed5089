// The one list of ops. An op is one file here: shape rule, kernels, gradient. Adding one: its file, one line in the
// list below, and its case in tests/ops.
#pragma once
#include <span>

#include "graph/inserted_ops.hpp"
#include "graph/op.hpp"

/// Ops that descriptions and layers use, with a gradient unless the op says otherwise.
#define TRAINYARD_OPS(X)   \
  X(identity)              \
  X(to_channels_last)      \
  X(to_channels_first)     \
  X(add)                   \
  X(linear)                \
  X(matmul)                \
  X(relu)                  \
  X(leaky_relu)            \
  X(tanh)                  \
  X(sigmoid)               \
  X(gelu)                  \
  X(gelu_tanh)             \
  X(silu)                  \
  X(softmax_cross_entropy) \
  X(mse)

/// Companions that gradient rules and passes emit.
#define TRAINYARD_BACKWARD_OPS(X) \
  X(activation_grad)              \
  X(linear_dx)                    \
  X(linear_dx_accumulate)         \
  X(linear_dw)                    \
  X(linear_dw_accumulate)         \
  X(sum_rows)                     \
  X(softmax_cross_entropy_grad)   \
  X(mse_grad)

namespace trainyard::ops {

#define X(op) extern const Op op;
TRAINYARD_OPS(X)
TRAINYARD_BACKWARD_OPS(X)
#undef X

[[nodiscard]] std::span<const Op* const> all();
[[nodiscard]] std::span<const Op* const> backward();

}  // namespace trainyard::ops
