#include "optimizers/all.hpp"

#include <array>

#include "simd/dispatch.hpp"

namespace trainyard::optimizers {

template <>
Kinds compiled_for<simd::Level>() {
  static constexpr std::array list{
#define X(kind) &kind,
      TRAINYARD_OPTIMIZERS(X)
#undef X
  };
  return list;
}

}  // namespace trainyard::optimizers
