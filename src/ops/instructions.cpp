// Compiled once, for what every processor has, while the other files of this folder are compiled for each level.
#include "ops/instructions.hpp"

#include <algorithm>

#include "simd/dispatch.hpp"

namespace trainyard {
namespace ops {

const Instructions& instructions() {
  static const Instructions& chosen = *simd::dispatch([](auto level) { return compiled_for<decltype(level)>(); });
  return chosen;
}

}  // namespace ops

#ifdef TRAINYARD_DISPATCH
const Op* compiled(const Op* op) {
  const ops::Instructions& here = *ops::compiled_for<simd::Level>();
  const ops::Instructions& there = ops::instructions();
  for (std::size_t l = 0; l < here.ops.size(); ++l) {
    const auto place = std::ranges::find(here.ops[l], op);
    if (place != here.ops[l].end()) return there.ops[l][static_cast<std::size_t>(place - here.ops[l].begin())];
  }
  return op;  // one of a test's own
}
#endif

}  // namespace trainyard
