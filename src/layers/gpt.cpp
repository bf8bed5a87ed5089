// A decoder-only Transformer that predicts the next token, ids [*, T] -> logits [*, T, vocab]: GPT-2 (Radford et al.
// 2019; norms before the sums, GELU by its tanh form) or, with norm = rmsNorm, mlp = swiglu (Shazeer 2020,
// arXiv:2002.05202) and position = rope, Llama (Touvron et al. 2023, arXiv:2302.13971). Names with layerNorm are
// nanoGPT's (wte.weight, h.0.attn.c_attn.weight), with rmsNorm Llama's (embed_tokens.weight,
// layers.0.self_attn.q_proj.weight).
//
// Embeddings and head begin as GPT-2's, N(0, 0.02). Its other weights do too, which suits a width of 768 and more; here
// they keep the size of what they read at any width (LeCun), and those that lead back into the sum are zero, so that
// every block begins by passing on what it gets (Zhang et al. 2019, arXiv:1901.09321). benchmarks/README.md has
// figures.
#include <optional>
#include <string>

#include "core/error.hpp"
#include "layers/all.hpp"
#include "layers/parts.hpp"
#include "ops/all.hpp"

namespace trainyard::layers {
namespace {

struct Gpt {
  std::int64_t vocab = 0;
  std::int64_t context = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t dim = 0;
  std::optional<std::int64_t> kv_heads;
  std::optional<std::int64_t> ff;  ///< 4 dim
  double dropout = 0;
  bool tied = true;
  std::string norm = "layerNorm";
  std::string mlp = "gelu";
  std::string position = "learned";
  std::optional<bool> bias;   ///< of all products but a tied head's; with layerNorm, unless said otherwise
  std::optional<double> eps;  ///< 1e-5, rmsNorm 1e-6
  double rope_base = 10000;

  template <class V>
  void visit(V& v) {
    v.required("vocab", vocab, at_least_one);
    v.required("context", context, at_least_one);
    v.required("layers", layers, Range{.min = 1, .max = 10'000});
    v.required("heads", heads, at_least_one);
    v.required("dim", dim, at_least_one);
    v("kvHeads", kv_heads, at_least_one);
    v("ff", ff, at_least_one);
    v("dropout", dropout, share);
    v("tied", tied);
    v("norm", norm, Choices{"layerNorm", "rmsNorm"});
    v("mlp", mlp, Choices{"gelu", "swiglu"});
    v("position", position, Choices{"learned", "sinusoidal", "rope"});
    v("bias", bias);
    v("eps", eps, positive);
    v("ropeBase", rope_base, positive);
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const Shape& ids = b.graph().type(inputs[0]).shape;
    Inference::require(ids.rank() == 1, "[*, positions]", text(ids, true));
    Inference::require(ids[0] <= context, "[*, <= " + std::to_string(context) + "]", text(ids, true),
                       {"longer_context", std::to_string(context)});
    Parts parts(b);
    const std::string tokens = llama() ? "embed_tokens" : "wte";
    ValueId x = parts.build(
        tokens, Part("embedding").with("vocab", vocab).with("dim", dim).with("weightInit", normal(0.02)), inputs[0]);
    if (position != "rope") {
      x = parts.build(
          llama() ? "embed_positions" : "wpe",
          Part("positionalEmbedding").with("context", context).with("kind", position).with("weightInit", normal(0.02)),
          x);
    }
    x = parts.dropout("drop", dropout, x);
    for (std::int64_t i = 0; i < layers; ++i) x = block(b, parts, i, x);
    x = parts.build(llama() ? "norm" : "ln_f", norm_part(), x);
    Part head = linear_part(vocab, normal(0.02)).with("bias", biased() && !tied);
    if (tied) head = std::move(head).with("shares", parts.full(tokens));
    return parts.build("lm_head", head, x);
  }

 private:
  [[nodiscard]] bool llama() const { return norm == "rmsNorm"; }
  [[nodiscard]] bool biased() const { return bias.value_or(!llama()); }

  static constexpr const char* inner_init = "lecunNormal";
  static constexpr const char* residual_init = "zeros";  ///< of products that lead back into the sum
  static Json normal(double deviation) {
    Json init = Json::object();
    init["type"] = "normal";
    init["std"] = deviation;
    return init;
  }
  [[nodiscard]] Part norm_part() const {
    Part part(norm);
    if (eps) part = std::move(part).with("eps", *eps);
    if (!llama()) part = std::move(part).with("bias", biased());
    return part;
  }
  [[nodiscard]] Part linear_part(std::int64_t out, Json init) const {
    return Part("linear")
        .with("out", out)
        .with("bias", biased())
        .with("weightInit", std::move(init))
        .with("biasInit", "zeros");
  }

  [[nodiscard]] ValueId block(const LayerBuilder& b, Parts& parts, std::int64_t index, ValueId x) const {
    const std::string at = (llama() ? "layers." : "h.") + std::to_string(index) + ".";
    const bool apart = position == "rope" || kv_heads.value_or(heads) != heads;
    Part attention = Part("multiHeadAttention")
                         .with("heads", heads)
                         .with("causal", true)
                         .with("bias", biased())
                         .with("dropout", dropout)
                         .with("rope", position == "rope")
                         .with("ropeBase", rope_base)
                         .with("names", llama() || apart ? "llama" : "gpt2")
                         .with("weightInit", inner_init)
                         .with("outInit", residual_init);
    if (kv_heads) attention = std::move(attention).with("kvHeads", *kv_heads);
    ValueId v = parts.build(at + (llama() ? "input_layernorm" : "ln_1"), norm_part(), x);
    v = parts.build(at + (llama() ? "self_attn" : "attn"), attention, v);
    x = b.graph().add(ops::add, {x, parts.dropout(at + "attn_drop", dropout, v)});
    v = parts.build(at + (llama() ? "post_attention_layernorm" : "ln_2"), norm_part(), x);
    v = feed_forward(b, parts, at + "mlp.", v);
    return b.graph().add(ops::add, {x, parts.dropout(at + "mlp_drop", dropout, v)});
  }

  [[nodiscard]] ValueId feed_forward(const LayerBuilder& b, Parts& parts, const std::string& at, ValueId x) const {
    const std::int64_t inner = ff.value_or(4 * dim);
    if (mlp == "swiglu") {
      ValueId gate = parts.build(at + "gate_proj", linear_part(inner, inner_init), x);
      gate = parts.build(at + "act_fn", Part("silu"), gate);
      const ValueId up = parts.build(at + "up_proj", linear_part(inner, inner_init), x);
      return parts.build(at + "down_proj", linear_part(dim, residual_init), b.graph().add(ops::mul, {gate, up}));
    }
    ValueId v = parts.build(at + (llama() ? "up_proj" : "c_fc"), linear_part(inner, inner_init), x);
    v = parts.build(at + "act", Part("gelu").with("approximate", "tanh"), v);
    return parts.build(at + (llama() ? "down_proj" : "c_proj"), linear_part(dim, residual_init), v);
  }
};

}  // namespace

const LayerKind gpt = make_layer<Gpt>("gpt");

}  // namespace trainyard::layers
