// AdaptiveAvgPool2d: the mean of out[0] × out[1] windows that share the image, as torch.nn.AdaptiveAvgPool2d.
// [*, channels, h, w] -> [*, channels, out[0], out[1]]. No parameters.
#include "layers/all.hpp"
#include "layers/window.hpp"
#include "ops/adaptive_avg_pool2d.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct AdaptiveAvgPool2d {
  Pair out{1, 1};

  template <class V>
  void visit(V& v) {
    v.required("out", out, window_size);
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    ops::AdaptivePool2dAttributes a;
    a.pool.out_height = narrow(out[0]);
    a.pool.out_width = narrow(out[1]);
    return b.graph().add(ops::adaptive_avg_pool2d, {image(b, inputs[0])}, Attributes(a));
  }
};

}  // namespace

const LayerKind adaptiveAvgPool2d = make_layer<AdaptiveAvgPool2d>("adaptiveAvgPool2d");

}  // namespace trainyard::layers
