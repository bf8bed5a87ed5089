// Layers over [*, channels, T], as torch.nn.Conv1d, MaxPool1d and AvgPool1d: those over images, of height 1.
// Parameters of conv1d: weight [out, in / groups, k], bias [out].
#include <algorithm>
#include <optional>
#include <string>

#include "layers/all.hpp"
#include "layers/convolution.hpp"
#include "layers/window.hpp"
#include "ops/all.hpp"
#include "ops/conv2d.hpp"
#include "ops/pool.hpp"
#include "ops/shaping.hpp"

namespace trainyard::layers {
namespace {

constexpr StoredOrder steps_major{{2, 1, 0, 3}};  ///< [out, in, k] is stored as [k, in, out]

ValueId reshaped(Graph& g, ValueId v, const Shape& shape) {
  return g.add(ops::reshape, {v}, Attributes(ops::ReshapeAttributes{shape}));
}

/// [*, channels, T] as an image of height 1. Throws SHAPE_MISMATCH, also where a window of `span` steps does not fit.
ValueId line(LayerBuilder& b, ValueId v, std::int64_t span, std::int64_t padding) {
  const Shape shape = b.graph().type(v).shape;
  Inference::require(shape.rank() == 2, "[*, channels, T]", text(shape, true));
  const std::int64_t least = std::max<std::int64_t>(span - 2 * padding, 1);
  Inference::require(shape[1] >= least, "[*, " + std::to_string(shape[0]) + ", >= " + std::to_string(least) + "]",
                     text(shape, true), {"window_too_large", ""});
  return b.graph().channels_last(reshaped(b.graph(), v, {shape[0], 1, shape[1]}));
}

/// And back.
ValueId lined(LayerBuilder& b, ValueId image) {
  const ValueId v = b.graph().channels_first(image);
  const Shape shape = b.graph().type(v).shape;
  return reshaped(b.graph(), v, {shape[0], shape[2]});
}

struct Conv1d : Convolution<std::int64_t> {
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    Graph& g = b.graph();
    const ValueId x = line(b, inputs[0], dilation * (kernel - 1) + 1, padding);
    const std::int64_t in = g.type(x).shape[0];
    require_groups(b, in, out, groups);
    ops::Conv2dAttributes a;
    a.conv.stride_w = narrow(stride);
    a.conv.pad_left = a.conv.pad_right = narrow(padding);
    a.conv.dilation_w = narrow(dilation);
    a.conv.groups = narrow(groups);
    const Fans fans{in / groups * kernel, out / groups * kernel};
    const auto [w, c] = initial.parameters(b, {out, in / groups, kernel}, steps_major, fans, bias);
    const ValueId weight = reshaped(g, w, {1, kernel, in / groups, out});
    return lined(b, g.add(ops::conv2d, {x, weight, c}, Attributes(a)));
  }
};

template <const Op& O>
struct Pool1d {
  std::int64_t kernel = 1;
  std::optional<std::int64_t> stride;  ///< the kernel's size unless given
  std::int64_t padding = 0;

  template <class V>
  void visit(V& v) {
    v.required("kernel", kernel, window_size);
    v("stride", stride, window_size);
    v("padding", padding, window_padding);
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    ops::Pool2dAttributes a;
    a.pool.kernel_w = narrow(kernel);
    a.pool.stride_w = narrow(stride.value_or(kernel));
    a.pool.pad_w = narrow(padding);
    return lined(b, b.graph().add(O, {line(b, inputs[0], kernel, padding)}, Attributes(a)));
  }
};

}  // namespace

const LayerKind conv1d = make_layer<Conv1d>("conv1d");
const LayerKind maxPool1d = make_layer<Pool1d<ops::max_pool2d>>("maxPool1d");
const LayerKind avgPool1d = make_layer<Pool1d<ops::avg_pool2d>>("avgPool1d");

}  // namespace trainyard::layers
