// The list of layers. Adding one: its file, one line here, its case in tests/layers.
#pragma once
#include <span>

#include "layers/layer.hpp"

#define TRAINYARD_LAYERS(X) \
  X(linear)                 \
  X(matmul)                 \
  X(relu)                   \
  X(leakyRelu)              \
  X(gelu)                   \
  X(silu)                   \
  X(tanh)                   \
  X(sigmoid)                \
  X(sequential)             \
  X(residual)

namespace trainyard::layers {

#define X(layer) extern const LayerKind layer;
TRAINYARD_LAYERS(X)
#undef X

[[nodiscard]] std::span<const LayerKind* const> all();

}  // namespace trainyard::layers
