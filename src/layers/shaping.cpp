// Layers that move numbers or reduce them: flatten, reshape, transpose, slice, softmax, mean, sum. The axis of examples
// is never counted: axis 0 of [*, channels, height, width] is channels. Negative axes count from the end.
#include <optional>
#include <vector>

#include "core/error.hpp"
#include "layers/all.hpp"
#include "layers/axis.hpp"
#include "ops/all.hpp"
#include "ops/reduce.hpp"
#include "ops/shaping.hpp"

namespace trainyard::layers {
namespace {

ValueId reshaped(LayerBuilder& b, ValueId x, const Shape& shape) {
  if (b.graph().type(x).shape == shape) return x;
  return b.graph().add(ops::reshape, {x}, Attributes(ops::ReshapeAttributes{shape}));
}

struct Flatten {
  template <class V>
  void visit(V& /*v*/) {}
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const ValueId x = b.graph().channels_first(inputs[0]);
    return reshaped(b, x, Shape{b.graph().type(x).shape.size()});
  }
};

struct Reshape {
  std::vector<std::int64_t> shape;
  template <class V>
  void visit(V& v) {
    v.required("shape", shape, at_least_one);
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return reshaped(b, b.graph().channels_first(inputs[0]), Shape(std::span(shape)));
  }
};

struct Transpose {
  template <class V>
  void visit(V& /*v*/) {}
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return b.graph().add(ops::transpose, {b.graph().channels_first(inputs[0])});
  }
};

struct Slice {
  std::int64_t axis = 0;
  std::int64_t start = 0;
  std::optional<std::int64_t> end;
  template <class V>
  void visit(V& v) {
    v("axis", axis);
    v("start", start, not_negative);
    v("end", end, at_least_one);
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const Shape& shape = b.graph().type(inputs[0]).shape;
    ops::SliceAttributes a;
    a.axis = axis_of(b, shape, axis);
    const std::int64_t size = shape[a.axis];
    const std::int64_t to = end.value_or(size);
    if (start >= to || to > size) {
      throw Error(ErrorCode::invalid_value, b.path(), "0 <= start < end <= " + std::to_string(size),
                  std::to_string(start) + " … " + std::to_string(to));
    }
    a.start = start;
    a.length = to - start;
    return b.graph().add(ops::slice, {inputs[0]}, Attributes(a));
  }
};

struct Softmax {
  template <class V>
  void visit(V& /*v*/) {}
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return b.graph().add(ops::softmax, {b.graph().channels_first(inputs[0])});
  }
};

template <const Op& O>
struct Reduce {
  std::int64_t axis = -1;
  bool keep_dim = false;
  template <class V>
  void visit(V& v) {
    v("axis", axis);
    v("keepDim", keep_dim);
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const ValueId x = b.graph().channels_first(inputs[0]);
    const Shape shape = b.graph().type(x).shape;
    ops::AxisAttributes a;
    a.axis = axis_of(b, shape, axis);
    const ValueId y = b.graph().add(O, {x}, Attributes(a));
    return keep_dim ? reshaped(b, y, ops::with_axis(shape, a.axis, 1)) : y;
  }
};

}  // namespace

const LayerKind flatten = make_layer<Flatten>("flatten");
const LayerKind reshape = make_layer<Reshape>("reshape");
const LayerKind transpose = make_layer<Transpose>("transpose");
const LayerKind slice = make_layer<Slice>("slice");
const LayerKind softmax = make_layer<Softmax>("softmax");
const LayerKind mean = make_layer<Reduce<ops::mean>>("mean");
const LayerKind sum = make_layer<Reduce<ops::sum>>("sum");

}  // namespace trainyard::layers
