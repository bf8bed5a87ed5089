// Dropout, as torch.nn.Dropout (Srivastava et al. 2014): only while training.
#include "ops/dropout.hpp"
#include "layers/all.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct Dropout {
  double p = 0.5;
  template <class V>
  void visit(V& v) {
    v("p", p, share);
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    if (!b.training() || p == 0) return inputs[0];
    return b.graph().add(ops::dropout, {inputs[0]}, Attributes(ops::DropoutAttributes{p}));
  }
};

}  // namespace

const LayerKind dropout = make_layer<Dropout>("dropout");

}  // namespace trainyard::layers
