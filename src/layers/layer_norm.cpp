// Layer norm, as torch.nn.LayerNorm over the last axes (Ba, Kiros and Hinton 2016, arXiv:1607.06450).
// Parameters: weight and bias of the normalised axes' shape.
#include "core/error.hpp"
#include "layers/all.hpp"
#include "ops/all.hpp"
#include "ops/norm.hpp"

namespace trainyard::layers {
namespace {

struct LayerNorm {
  double eps = 1e-5;
  bool affine = true;
  bool bias = true;       ///< none if not affine
  std::int64_t axes = 1;  ///< how many of the last axes are normalised together

  template <class V>
  void visit(V& v) {
    v("eps", eps, positive);
    v("affine", affine);
    v("bias", bias);
    v("axes", axes, Range{.min = 1, .max = Shape::max_rank});
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const ValueId x = b.graph().channels_first(inputs[0]);
    const Shape& shape = b.graph().type(x).shape;
    Inference::require(shape.rank() >= axes, ">= " + std::to_string(axes) + " axes", text(shape, true));
    ops::LayerNormAttributes a;
    a.eps = eps;
    a.axes = static_cast<int>(axes);
    ValueId weight;
    ValueId shift;
    if (affine) {
      const Shape normalised(shape.dims().last(static_cast<std::size_t>(axes)));
      weight = b.parameter({.name = "weight", .shape = normalised, .kind = ParameterKind::norm, .initializer = "ones"});
      if (bias) {
        shift = b.parameter({.name = "bias", .shape = normalised, .kind = ParameterKind::norm, .initializer = "zeros"});
      }
    }
    return b.graph().add(ops::layer_norm, {x, weight, shift}, Attributes(a));
  }
};

}  // namespace

const LayerKind layerNorm = make_layer<LayerNorm>("layerNorm");

}  // namespace trainyard::layers
