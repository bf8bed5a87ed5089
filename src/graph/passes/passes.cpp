#include "graph/passes/passes.hpp"

#include <array>

#include "graph/verify.hpp"

namespace trainyard {

std::span<const Pass> all_passes() {
  static constexpr std::array passes{
      Pass{"dead code", dead_code},
      Pass{"fold constants", fold_constants},
      Pass{"fuse epilogue", fuse_epilogue},
      Pass{"accumulate", accumulate},
  };
  return passes;
}

void optimize(Graph& graph, const std::function<void(std::string_view, const Graph&)>& after) {
  for (const Pass& pass : all_passes()) {
    pass.run(graph);
    verify(graph);
    if (after) after(pass.name, graph);
  }
}

}  // namespace trainyard
