// One block of a Transformer (Vaswani et al. 2017, arXiv:1706.03762), as torch.nn.TransformerEncoderLayer and
// TransformerDecoderLayer with batch_first: attention, then two products, each added to what went in, with layer norms
// after the sums or, with `normFirst`, before what is added. Parameter names are PyTorch's.
// Encoder: inputs x [*, T, C] and optionally lengths [*]. Decoder: x, memory [*, M, C] and optionally the memory's
// lengths; x sees itself causally unless told otherwise.
#include <string>
#include <vector>

#include "layers/all.hpp"
#include "layers/parts.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

template <bool decoder>
struct TransformerLayer {
  std::int64_t heads = 0;
  std::int64_t ff = 2048;
  double dropout = 0.1;
  std::string activation = "relu";
  bool norm_first = false;
  bool causal = decoder;

  template <class V>
  void visit(V& v) {
    v.required("heads", heads, at_least_one);
    v("ff", ff, at_least_one);
    v("dropout", dropout, share);
    v("activation", activation, Choices{"relu", "gelu"});
    v("normFirst", norm_first);
    v("causal", causal);
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    Parts parts(b);
    ValueId x = inputs[0];
    const Shape& shape = b.graph().type(x).shape;
    Inference::require(shape.rank() == 2, "[*, positions, features]", text(shape, true));
    const std::int64_t width = shape[1];
    int sums = 0;
    // x + f(x), with the norm where it belongs.
    const auto add = [&](auto f) {
      const std::string n = std::to_string(++sums);
      const auto norm = [&](ValueId v) { return parts.build("norm" + n, Part("layerNorm"), v); };
      const ValueId inner = f(norm_first ? norm(x) : x);
      x = b.graph().add(ops::add, {x, parts.dropout("dropout" + n, dropout, inner)});
      if (!norm_first) x = norm(x);
    };
    const auto attention = [&](bool masked) {
      return Part("multiHeadAttention").with("heads", heads).with("dropout", dropout).with("causal", masked);
    };
    add([&](ValueId v) {
      std::vector<ValueId> of{v};
      if (!decoder) of.insert(of.end(), inputs.begin() + 1, inputs.end());
      return parts.build("self_attn", attention(causal), of);
    });
    if (decoder) {
      add([&](ValueId v) {
        std::vector<ValueId> of{v};
        of.insert(of.end(), inputs.begin() + 1, inputs.end());
        return parts.build("multihead_attn", attention(false), of);
      });
    }
    add([&](ValueId v) {
      v = parts.build("linear1", Part("linear").with("out", ff), v);
      v = parts.build("activation", Part(activation), v);
      v = parts.dropout("dropout", dropout, v);
      return parts.build("linear2", Part("linear").with("out", width), v);
    });
    return x;
  }
};

}  // namespace

const LayerKind transformerEncoderLayer = make_layer<TransformerLayer<false>>("transformerEncoderLayer", 1, 2);
const LayerKind transformerDecoderLayer = make_layer<TransformerLayer<true>>("transformerDecoderLayer", 2, 3);

}  // namespace trainyard::layers
