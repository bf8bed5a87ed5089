// Multi-head attention (Vaswani et al. 2017, arXiv:1706.03762), batch first. Inputs: x [*, T, C], optionally a memory
// [*, M, C] that keys and values come from (else x itself), optionally the lengths [*] of the keys.
// Parameters, by `names`:
//   torch  as torch.nn.MultiheadAttention: in_proj_weight [3C, C], in_proj_bias, out_proj.weight, out_proj.bias
//   gpt2   c_attn.weight [3C, C], c_attn.bias, c_proj.weight, c_proj.bias
//   llama  q_proj.weight [C, C], k_proj.weight and v_proj.weight [C kvHeads / heads, C], o_proj.weight, and their
//   biases
// Grouped queries (Ainslie et al. 2023, arXiv:2305.13245) and rotary positions need `llama`, and choose it.
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "layers/all.hpp"
#include "layers/divisors.hpp"
#include "ops/all.hpp"
#include "ops/attention.hpp"
#include "ops/rope.hpp"
#include "ops/shaping.hpp"

namespace trainyard::layers {
namespace {

struct MultiHeadAttention {
  std::int64_t heads = 0;
  std::optional<std::int64_t> kv_heads;
  bool causal = false;
  bool bias = true;
  double dropout = 0;
  bool rope = false;
  double rope_base = 10000;
  std::string names = "auto";
  Json weight_init, out_init;

  template <class V>
  void visit(V& v) {
    v.required("heads", heads, at_least_one);
    v("kvHeads", kv_heads, at_least_one);
    v("causal", causal);
    v("bias", bias);
    v("dropout", dropout, share);
    v("rope", rope);
    v("ropeBase", rope_base, positive);
    v("names", names, Choices{"auto", "torch", "gpt2", "llama"});
    if (const Json* w = v.raw("weightInit")) weight_init = *w;
    if (const Json* w = v.raw("outInit")) out_init = *w;
  }

  /// Queries, keys and values as the op takes them: what lies with the one before is not valid.
  using Operands = std::array<ValueId, 3>;

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    Graph& graph = b.graph();
    const ValueId x = inputs[0];
    ValueId memory;
    ValueId lengths;
    for (const ValueId v : inputs.subspan(1)) (graph.type(v).shape.rank() < 2 ? lengths : memory) = v;
    const Shape shape = graph.type(x).shape;
    Inference::require(shape.rank() == 2, "[*, positions, features]", text(shape, true));
    check_heads(b, shape[1]);
    if (memory.valid()) {
      const Shape& m = graph.type(memory).shape;
      Inference::require(m.rank() == 2 && m[1] == shape[1], "[*, positions, " + std::to_string(shape[1]) + "]",
                         text(m, true));
    }
    if (lengths.valid()) {
      lengths = graph.whole_numbers(lengths, 1, graph.type(memory.valid() ? memory : x).shape[0]);
    }
    const std::string style = names_chosen();
    const Operands qkv = style == "llama" ? projected(b, x, memory) : projected_at_once(b, x, memory, style);
    ops::AttentionAttributes a;
    a.heads = heads;
    a.kv_heads = kv_heads.value_or(heads);
    a.causal = causal;
    a.dropout = b.training() ? dropout : 0;
    a.weights = graph.inspected;
    const ValueId o = graph.add(ops::attention, {qkv[0], qkv[1], qkv[2], lengths}, Attributes(a));
    if (a.weights) graph.keep(graph.output(o, 2));
    return project(b,
                   style == "torch"  ? "out_proj"
                   : style == "gpt2" ? "c_proj"
                                     : "o_proj",
                   o, shape[1], out_init.is_null() ? linear_init() : out_init);
  }

 private:
  void check_heads(const LayerBuilder& b, std::int64_t width) const {
    const auto refuse = [&](const char* option, std::int64_t whole, std::int64_t got) {
      throw Error(ErrorCode::invalid_value, b.path() + "." + option, std::to_string(whole) + " % " + option + " = 0",
                  std::to_string(got), {"heads_divide", divisors(whole)});
    };
    if (width % heads != 0) refuse("heads", width, heads);
    if (heads % kv_heads.value_or(heads) != 0) refuse("kvHeads", heads, *kv_heads);
    // Rotary positions turn pairs of numbers.
    if (rope && width % 2 != 0) {
      throw Error(ErrorCode::invalid_value, b.path() + ".rope", "width % 2 = 0", std::to_string(width));
    }
    if (rope && width / heads % 2 != 0) refuse("heads", width / 2, heads);
  }

  [[nodiscard]] std::string names_chosen() const {
    const bool apart = rope || kv_heads.value_or(heads) != heads;
    if (names == "auto") return apart ? "llama" : "torch";
    if (apart && names != "llama") throw Error(ErrorCode::invalid_value, "", "names = llama", names);
    return names;
  }

  /// As torch.nn.Linear begins.
  static Json linear_init() {
    Json init = Json::object();
    init["type"] = "kaimingUniform";
    init["a"] = 2.23606797749979;
    return init;
  }
  [[nodiscard]] Json in_init() const { return weight_init.is_null() ? Json("xavierUniform") : weight_init; }

  /// Parameters `weight` and `bias` of a product [out, in].
  [[nodiscard]] std::pair<ValueId, ValueId> parameters(LayerBuilder& b, const std::string& weight_name,
                                                       const std::string& bias_name, std::int64_t out, std::int64_t in,
                                                       const StoredOrder& stored, const Json& init) const {
    const ValueId w = b.parameter(
        {.name = weight_name, .shape = {out, in}, .stored = stored, .initializer = init, .fan_in = in, .fan_out = out});
    if (!bias) return {w, {}};
    return {w, b.parameter({.name = bias_name, .shape = {out}, .kind = ParameterKind::bias, .initializer = "zeros"})};
  }

  [[nodiscard]] ValueId project(LayerBuilder& b, const std::string& name, ValueId x, std::int64_t out,
                                const Json& init) const {
    const std::int64_t in = b.graph().type(x).shape.back();
    const auto [w, c] = parameters(b, name + ".weight", name + ".bias", out, in, input_major, init);
    return b.graph().add(ops::linear, {x, w, c});
  }

  /// One product each, turned where positions are rotary.
  [[nodiscard]] Operands projected(LayerBuilder& b, ValueId x, ValueId memory) const {
    const std::int64_t width = b.graph().type(x).shape[1];
    const std::int64_t shared = width / heads * kv_heads.value_or(heads);
    const ValueId from = memory.valid() ? memory : x;
    Operands qkv{project(b, "q_proj", x, width, in_init()), project(b, "k_proj", from, shared, in_init()),
                 project(b, "v_proj", from, shared, in_init())};
    if (!rope) return qkv;
    for (const std::size_t i : {0U, 1U}) {
      const std::int64_t positions = b.graph().type(qkv[i]).shape[0];
      qkv[i] = b.graph().add(ops::rope, {qkv[i], ops::rope_table(b.graph(), positions, width / heads, rope_base)});
    }
    return qkv;
  }

  /// One product for all; with a memory its weight is cut in two, the queries' part and the rest.
  [[nodiscard]] Operands projected_at_once(LayerBuilder& b, ValueId x, ValueId memory, const std::string& style) const {
    const std::int64_t width = b.graph().type(x).shape[1];
    const bool torch = style == "torch";
    const auto [w, c] = parameters(b, torch ? "in_proj_weight" : "c_attn.weight",
                                   torch ? "in_proj_bias" : "c_attn.bias", 3 * width, width, as_is, in_init());
    Graph& graph = b.graph();
    if (!memory.valid()) return {graph.add(ops::linear_transposed, {x, w, c}), {}, {}};
    const auto part = [&](ValueId whole, std::int64_t start, std::int64_t length) {
      if (!whole.valid()) return whole;
      ops::SliceAttributes cut;
      cut.axis = 0;
      cut.start = start;
      cut.length = length;
      return graph.add(ops::slice, {whole}, Attributes(cut));
    };
    const auto product = [&](ValueId of, std::int64_t start, std::int64_t length) {
      return graph.add(ops::linear_transposed, {of, part(w, start, length), part(c, start, length)});
    };
    return {product(x, 0, width), product(memory, width, 2 * width), {}};
  }
};

}  // namespace

const LayerKind multiHeadAttention = make_layer<MultiHeadAttention>("multiHeadAttention", 1, 3);

}  // namespace trainyard::layers
