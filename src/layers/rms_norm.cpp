// Norm by the root mean square over the last axis (Zhang and Sennrich 2019, arXiv:1910.07467), as Llama's. Parameter:
// weight of that axis' size.
#include "layers/all.hpp"
#include "ops/all.hpp"
#include "ops/norm.hpp"

namespace trainyard::layers {
namespace {

struct RmsNorm {
  double eps = 1e-6;

  template <class V>
  void visit(V& v) {
    v("eps", eps, positive);
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const ValueId x = b.graph().channels_first(inputs[0]);
    const Shape& shape = b.graph().type(x).shape;
    Inference::require(shape.rank() >= 1, "[*, features]", text(shape, true));
    const ValueId weight =
        b.parameter({.name = "weight", .shape = {shape.back()}, .kind = ParameterKind::norm, .initializer = "ones"});
    ops::LayerNormAttributes a;
    a.eps = eps;
    return b.graph().add(ops::rms_norm, {x, weight}, Attributes(a));
  }
};

}  // namespace

const LayerKind rmsNorm = make_layer<RmsNorm>("rmsNorm");

}  // namespace trainyard::layers
