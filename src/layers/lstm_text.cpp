// A language model of an LSTM: token ids [*, T] -> embedding -> lstm -> linear -> logits [*, T, vocab].
// Parameters: embedding.weight, lstm.weight_ih_l0, …, head.weight, head.bias.
#include "layers/all.hpp"
#include "layers/parts.hpp"

namespace trainyard::layers {
namespace {

struct LstmText {
  std::int64_t vocab = 0;
  std::int64_t dim = 0;
  std::int64_t hidden = 0;
  std::int64_t layers = 1;
  double dropout = 0;  ///< between the layers of the LSTM

  template <class V>
  void visit(V& v) {
    v.required("vocab", vocab, at_least_one);
    v.required("dim", dim, at_least_one);
    v.required("hidden", hidden, at_least_one);
    v("layers", layers, at_least_one);
    v("dropout", dropout, share);
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    Parts parts(b);
    ValueId v = parts.build("embedding", Part("embedding").with("vocab", vocab).with("dim", dim), inputs[0]);
    v = parts.build("lstm", Part("lstm").with("hidden", hidden).with("layers", layers).with("dropout", dropout), v);
    return parts.build("head", Part("linear").with("out", vocab), v);
  }
};

}  // namespace

const LayerKind lstmText = make_layer<LstmText>("lstmText");

}  // namespace trainyard::layers
