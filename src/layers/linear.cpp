// Linear: y = x W^T + b over the last axis, as torch.nn.Linear. Parameters: weight [out, in], bias [out].
#include "layers/all.hpp"
#include "layers/initial.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct Linear {
  std::int64_t out = 0;
  bool bias = true;
  Initial initial;

  template <class V>
  void visit(V& v) {
    v.required("out", out, at_least_one);
    v("bias", bias);
    initial.visit(v);
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const ValueId x = b.graph().channels_first(inputs[0]);
    const Shape& shape = b.graph().type(x).shape;
    Inference::require(shape.rank() >= 1, "[*, features]", text(shape, true));
    const std::int64_t in = shape.back();
    const auto [w, c] = initial.parameters(b, {out, in}, input_major, {in, out}, bias);
    // A weight shared with an embedding lies as that needs it.
    const bool as_embedding = b.stored(w) == as_is;
    return b.graph().add(as_embedding ? ops::linear_transposed : ops::linear, {x, w, c});
  }
};

}  // namespace

const LayerKind linear = make_layer<Linear>("linear");

}  // namespace trainyard::layers
