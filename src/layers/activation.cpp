// Activations as layers: relu, leakyRelu, gelu, silu, tanh, sigmoid. No parameters.
#include "graph/fusion.hpp"
#include "layers/all.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

template <const Op& O>
struct Plain {
  template <class V>
  void visit(V& /*v*/) {}
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const { return b.graph().add(O, {inputs[0]}); }
};

struct LeakyRelu {
  double slope = 0.01;
  template <class V>
  void visit(V& v) {
    v("slope", slope);
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return b.graph().add(ops::leaky_relu, {inputs[0]},
                         Attributes(ActivationAttributes{kernels::Activation::leaky_relu, slope}));
  }
};

/// torch.nn.GELU: exact by default, the tanh form with approximate: "tanh".
struct Gelu {
  std::string approximate = "none";
  template <class V>
  void visit(V& v) {
    v("approximate", approximate, Choices{"none", "tanh"});
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return b.graph().add(approximate == "tanh" ? ops::gelu_tanh : ops::gelu, {inputs[0]});
  }
};

}  // namespace

const LayerKind relu = make_layer<Plain<ops::relu>>("relu");
const LayerKind silu = make_layer<Plain<ops::silu>>("silu");
const LayerKind tanh = make_layer<Plain<ops::tanh>>("tanh");
const LayerKind sigmoid = make_layer<Plain<ops::sigmoid>>("sigmoid");
const LayerKind leakyRelu = make_layer<LeakyRelu>("leakyRelu");
const LayerKind gelu = make_layer<Gelu>("gelu");

}  // namespace trainyard::layers
