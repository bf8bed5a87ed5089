// Pools over images, as torch.nn.MaxPool2d, AvgPool2d and AdaptiveAvgPool2d(1). No parameters.
#include <algorithm>
#include <optional>

#include "core/error.hpp"
#include "layers/all.hpp"
#include "layers/window.hpp"
#include "ops/all.hpp"
#include "ops/pool.hpp"
#include "ops/shaping.hpp"

namespace trainyard::layers {
namespace {

struct Pool2d {
  Pair kernel{1, 1};
  std::optional<Pair> stride;  ///< the kernel's size unless given
  Pair padding{0, 0};

  template <class V>
  void visit_pool(V& v) {
    v.required("kernel", kernel, window_size);
    v("stride", stride, window_size);
    v("padding", padding, window_padding);
  }

  [[nodiscard]] ops::Pool2dAttributes attributes() const {
    ops::Pool2dAttributes a;
    a.pool.kernel_h = narrow(kernel[0]);
    a.pool.kernel_w = narrow(kernel[1]);
    a.pool.stride_h = narrow(stride.value_or(kernel)[0]);
    a.pool.stride_w = narrow(stride.value_or(kernel)[1]);
    a.pool.pad_h = narrow(padding[0]);
    a.pool.pad_w = narrow(padding[1]);
    return a;
  }
};

struct MaxPool2d : Pool2d {
  Pair dilation{1, 1};
  template <class V>
  void visit(V& v) {
    visit_pool(v);
    v("dilation", dilation, window_size);
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    ops::Pool2dAttributes a = attributes();
    a.pool.dilation_h = narrow(dilation[0]);
    a.pool.dilation_w = narrow(dilation[1]);
    return b.graph().add(ops::max_pool2d, {image(b, inputs[0])}, Attributes(a));
  }
};

struct AvgPool2d : Pool2d {
  bool count_include_pad = true;
  template <class V>
  void visit(V& v) {
    visit_pool(v);
    v("countIncludePad", count_include_pad);
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    ops::Pool2dAttributes a = attributes();
    a.pool.count_include_pad = count_include_pad;
    return b.graph().add(ops::avg_pool2d, {image(b, inputs[0])}, Attributes(a));
  }
};

struct GlobalAvgPool2d {
  template <class V>
  void visit(V& /*v*/) {}
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return b.graph().add(ops::global_avg_pool2d, {image(b, inputs[0])});
  }
};

/// A max pool whose window is the whole image.
struct GlobalMaxPool2d {
  template <class V>
  void visit(V& /*v*/) {}
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const ValueId x = image(b, inputs[0]);
    const Shape shape = b.graph().type(x).shape;
    if (!window_size.contains(static_cast<double>(std::max(shape[1], shape[2])))) {
      throw Error(ErrorCode::invalid_value, "", "<= " + number_text(window_size.max), text(shape, true));
    }
    ops::Pool2dAttributes a;
    a.pool.kernel_h = a.pool.stride_h = narrow(shape[1]);
    a.pool.kernel_w = a.pool.stride_w = narrow(shape[2]);
    const ValueId y = b.graph().channels_first(b.graph().add(ops::max_pool2d, {x}, Attributes(a)));
    return b.graph().add(ops::reshape, {y}, Attributes(ops::ReshapeAttributes{Shape{shape[0]}}));
  }
};

}  // namespace

const LayerKind maxPool2d = make_layer<MaxPool2d>("maxPool2d");
const LayerKind avgPool2d = make_layer<AvgPool2d>("avgPool2d");
const LayerKind globalAvgPool2d = make_layer<GlobalAvgPool2d>("globalAvgPool2d");
const LayerKind globalMaxPool2d = make_layer<GlobalMaxPool2d>("globalMaxPool2d");

}  // namespace trainyard::layers
