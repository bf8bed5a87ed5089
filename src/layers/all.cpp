#include "layers/all.hpp"

#include <array>

namespace trainyard::layers {

std::span<const LayerKind* const> all() {
#define X(layer) &layer,
  static constexpr std::array list{TRAINYARD_LAYERS(X)};
#undef X
  return list;
}

}  // namespace trainyard::layers
