// Conv2d: 2-D convolution, as torch.nn.Conv2d. [*, in, h, w] -> [*, out, h', w'].
// Parameters: weight [out, in / groups, kh, kw], bias [out].
#include "ops/conv2d.hpp"

#include "layers/all.hpp"
#include "layers/initial.hpp"
#include "layers/window.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct Conv2d {
  std::int64_t out = 0;
  Pair kernel{1, 1};
  Pair stride{1, 1};
  Pair padding{0, 0};
  Pair dilation{1, 1};
  std::int64_t groups = 1;
  bool bias = true;
  Initial initial;

  template <class V>
  void visit(V& v) {
    v.required("out", out, window_size);
    v.required("kernel", kernel, window_size);
    v("stride", stride, window_size);
    v("padding", padding, window_padding);
    v("dilation", dilation, window_size);
    v("groups", groups, at_least_one);
    v("bias", bias);
    initial.visit(v);
  }

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
