// Embedding, as torch.nn.Embedding: ids [*, …] -> [*, …, dim]. Parameter: weight [vocab, dim]. Its input becomes one of
// whole numbers; data with an id outside the vocabulary are refused as they come in.
#include "core/error.hpp"
#include "layers/all.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct Embedding {
  std::int64_t vocab = 0;
  std::int64_t dim = 0;
  Json weight_init;

  template <class V>
  void visit(V& v) {
    v.required("vocab", vocab, Range{.min = 1, .max = std::numeric_limits<std::int32_t>::max()});
    v.required("dim", dim, at_least_one);
    if (const Json* w = v.raw("weightInit")) weight_init = *w;
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const ValueId ids = b.graph().whole_numbers(inputs[0], 0, vocab - 1);
    const ValueId weight = b.parameter({.name = "weight",
                                        .shape = {vocab, dim},
                                        .initializer = weight_init.is_null() ? Json("normal") : weight_init,
                                        .fan_in = vocab,
                                        .fan_out = dim});
    if (b.stored(weight) != as_is) {
      // The owner is a linear layer: it must be the one that shares.
      throw Error(ErrorCode::invalid_graph, b.path() + ".shares", "embedding", "linear");
    }
    return b.graph().add(ops::embedding, {ids, weight});
  }
};

}  // namespace

const LayerKind embedding = make_layer<Embedding>("embedding");

}  // namespace trainyard::layers
