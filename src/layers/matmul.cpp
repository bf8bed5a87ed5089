// Product of two inputs' last two axes, either of them transposed, as torch.matmul. No parameters.
#include "ops/matmul.hpp"
#include "layers/all.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct Matmul {
  bool transpose_a = false;
  bool transpose_b = false;

  template <class V>
  void visit(V& v) {
    v("transposeA", transpose_a);
    v("transposeB", transpose_b);
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    Graph& g = b.graph();
    return g.add(ops::matmul, {g.channels_first(inputs[0]), g.channels_first(inputs[1])},
                 Attributes(ops::MatmulAttributes{transpose_a, transpose_b}));
  }
};

}  // namespace

const LayerKind matmul = make_layer<Matmul>("matmul", 2, 2);

}  // namespace trainyard::layers
