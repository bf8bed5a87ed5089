// Conv2d: 2-D convolution, as torch.nn.Conv2d. [*, in, h, w] -> [*, out, h', w'].
// Parameters: weight [out, in / groups, kh, kw], bias [out].
#include "ops/conv2d.hpp"

#include "layers/all.hpp"
#include "layers/convolution.hpp"
#include "layers/window.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct Conv2d : Convolution<Pair> {
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const ValueId x = image(b, inputs[0]);
    const std::int64_t in = b.graph().type(x).shape[0];
    require_groups(b, in, out, groups);
    const std::int64_t taps = kernel[0] * kernel[1];
    ops::Conv2dAttributes a;
    a.conv.stride_h = narrow(stride[0]);
    a.conv.stride_w = narrow(stride[1]);
    a.conv.pad_top = a.conv.pad_bottom = narrow(padding[0]);
    a.conv.pad_left = a.conv.pad_right = narrow(padding[1]);
    a.conv.dilation_h = narrow(dilation[0]);
    a.conv.dilation_w = narrow(dilation[1]);
    a.conv.groups = narrow(groups);
    const Fans fans{in / groups * taps, out / groups * taps};
    const auto [w, c] = initial.parameters(b, {out, in / groups, kernel[0], kernel[1]}, spatial_major, fans, bias);
    return b.graph().add(ops::conv2d, {x, w, c}, Attributes(a));
  }
};

}  // namespace

const LayerKind conv2d = make_layer<Conv2d>("conv2d");

}  // namespace trainyard::layers
