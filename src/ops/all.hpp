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
  X(reshape)               \
  X(transpose)             \
  X(concat)                \
  X(slice)                 \
  X(add)                   \
  X(sub)                   \
  X(mul)                   \
  X(affine)                \
  X(sum)                   \
  X(mean)                  \
  X(max)                   \
  X(linear)                \
  X(linear_transposed)     \
  X(embedding)             \
  X(matmul)                \
  X(conv2d)                \
  X(max_pool2d)            \
  X(avg_pool2d)            \
  X(global_avg_pool2d)     \
  X(adaptive_avg_pool2d)   \
  X(batch_norm_stats)      \
  X(batch_norm)            \
  X(layer_norm)            \
  X(rnn)                   \
  X(lstm)                  \
  X(gru)                   \
  X(rms_norm)              \
  X(rope)                  \
  X(attention)             \
  X(dropout)               \
  X(relu)                  \
  X(leaky_relu)            \
  X(tanh)                  \
  X(sigmoid)               \
  X(gelu)                  \
  X(gelu_tanh)             \
  X(silu)                  \
  X(softmax)               \
  X(log_softmax)           \
  X(softmax_cross_entropy) \
  X(bce_with_logits)       \
  X(mse)                   \
  X(mae)                   \
  X(huber)

/// Companions that gradient rules, passes and shared batches emit.
#define TRAINYARD_BACKWARD_OPS(X) \
  X(activation_grad)              \
  X(sum_rows)                     \
  X(slice_grad)                   \
  X(spread)                       \
  X(max_grad)                     \
  X(linear_dx)                    \
  X(linear_dx_accumulate)         \
  X(linear_dw)                    \
  X(linear_dw_accumulate)         \
  X(embedding_dw)                 \
  X(embedding_dw_accumulate)      \
  X(conv2d_dx)                    \
  X(conv2d_dx_accumulate)         \
  X(conv2d_dw)                    \
  X(conv2d_dw_accumulate)         \
  X(max_pool2d_grad)              \
  X(avg_pool2d_grad)              \
  X(global_avg_pool2d_grad)       \
  X(adaptive_avg_pool2d_grad)     \
  X(batch_norm_sums)              \
  X(joined_batch_norm_stats)      \
  X(joined_batch_norm_sums)       \
  X(batch_norm_dx)                \
  X(layer_norm_dx)                \
  X(layer_norm_dw)                \
  X(previous_states)              \
  X(recurrent_grad)               \
  X(attention_grad)               \
  X(softmax_grad)                 \
  X(log_softmax_grad)             \
  X(softmax_cross_entropy_grad)   \
  X(bce_with_logits_grad)         \
  X(mse_grad)                     \
  X(mae_grad)                     \
  X(huber_grad)

/// What step rules make of ops, for generation alone (graph/stepping.hpp).
#define TRAINYARD_STEP_OPS(X) \
  X(add_position)             \
  X(attention_step)           \
  X(recurrent_step)

namespace trainyard::ops {

#define X(op) extern const Op op;
TRAINYARD_OPS(X)
TRAINYARD_BACKWARD_OPS(X)
TRAINYARD_STEP_OPS(X)
#undef X

[[nodiscard]] std::span<const Op* const> all();
[[nodiscard]] std::span<const Op* const> backward();
[[nodiscard]] std::span<const Op* const> stepping();

}  // namespace trainyard::ops
