// The list of layers. Adding one: its file, one line here, its case in tests/layers.
#pragma once
#include <span>

#include "layers/layer.hpp"

#define TRAINYARD_LAYERS(X)  \
  X(linear)                  \
  X(conv2d)                  \
  X(conv1d)                  \
  X(maxPool2d)               \
  X(avgPool2d)               \
  X(adaptiveAvgPool2d)       \
  X(globalAvgPool2d)         \
  X(globalMaxPool2d)         \
  X(maxPool1d)               \
  X(avgPool1d)               \
  X(flatten)                 \
  X(relu)                    \
  X(leakyRelu)               \
  X(gelu)                    \
  X(silu)                    \
  X(tanh)                    \
  X(sigmoid)                 \
  X(softmax)                 \
  X(dropout)                 \
  X(batchNorm1d)             \
  X(batchNorm2d)             \
  X(layerNorm)               \
  X(rmsNorm)                 \
  X(rnn)                     \
  X(lstm)                    \
  X(gru)                     \
  X(embedding)               \
  X(positionalEmbedding)     \
  X(multiHeadAttention)      \
  X(transformerEncoderLayer) \
  X(transformerDecoderLayer) \
  X(gpt)                     \
  X(lstmText)                \
  X(add)                     \
  X(mul)                     \
  X(concat)                  \
  X(matmul)                  \
  X(reshape)                 \
  X(transpose)               \
  X(slice)                   \
  X(mean)                    \
  X(sum)                     \
  X(sequential)              \
  X(residual)

namespace trainyard::layers {

#define X(layer) extern const LayerKind layer;
TRAINYARD_LAYERS(X)
#undef X

[[nodiscard]] std::span<const LayerKind* const> all();

}  // namespace trainyard::layers
