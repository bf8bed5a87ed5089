// Layers made of layers: sequential, and residual (y = f(x) + shortcut(x), He et al. 2015, arXiv:1512.03385; the
// shortcut is x itself unless layers are given). Parameter names: "3.0.weight"; "3.layers.0.weight",
// "3.shortcut.0.weight".
#include "layers/all.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct Sequential {
  Json layers = Json::array();
  template <class V>
  void visit(V& v) {
    if (const Json* l = v.raw("layers")) layers = *l;
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return b.sequence(layers, inputs[0], b.path() + ".layers", b.name() + ".");
  }
};

struct Residual {
  Json layers = Json::array();
  Json shortcut = Json::array();
  template <class V>
  void visit(V& v) {
    if (const Json* l = v.raw("layers")) layers = *l;
    if (const Json* s = v.raw("shortcut")) shortcut = *s;
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    ValueId main = b.sequence(layers, inputs[0], b.path() + ".layers", b.name() + ".layers.");
    ValueId side = b.sequence(shortcut, inputs[0], b.path() + ".shortcut", b.name() + ".shortcut.");
    if (b.graph().type(main).layout == Layout::channels_last) side = b.graph().channels_last(side);
    if (b.graph().type(side).layout == Layout::channels_last) main = b.graph().channels_last(main);
    return b.graph().add(ops::add, {main, side});
  }
};

}  // namespace

const LayerKind sequential = make_layer<Sequential>("sequential");
const LayerKind residual = make_layer<Residual>("residual");

}  // namespace trainyard::layers
