// Layers of Transformers.
#include "layers/layer_case.hpp"

namespace trainyard::testing_layers {
namespace {

using Parameters = std::vector<std::pair<std::string, Sizes>>;

constexpr auto missing = ErrorCode::missing_option;
constexpr auto shape = ErrorCode::shape_mismatch;
constexpr auto value = ErrorCode::invalid_value;

/// `type` with options.
Json made(const char* type, Json options) {
  options["type"] = type;
  return options;
}

/// The parts' lists one after the other, with `prefix` before every name.
Parameters joined(const std::string& prefix, const std::vector<Parameters>& parts) {
  Parameters all;
  for (const Parameters& part : parts) {
    for (const auto& [name, sizes] : part) all.emplace_back(prefix + name, sizes);
  }
  return all;
}

Parameters affine(const std::string& name, std::int64_t out, std::int64_t in) {
  return {{name + ".weight", {out, in}}, {name + ".bias", {out}}};
}
Parameters norm(const std::string& name, std::int64_t width) {
  return {{name + ".weight", {width}}, {name + ".bias", {width}}};
}
/// torch.nn.MultiheadAttention's.
Parameters attention(const std::string& name, std::int64_t width) {
  return joined(name, {{{".in_proj_weight", {3 * width, width}}, {".in_proj_bias", {3 * width}}},
                       affine(".out_proj", width, width)});
}

const Declare rms_norm({.layer = "rmsNorm",
                        .good = {{"rmsNorm", {{5}}, {5}, {{"0.weight", {5}}}, "5"},
                                 {made("rmsNorm", {{"eps", 0.5}}), {{2, 3}}, {2, 3}, {{"0.weight", {3}}}, "3"}},
                        .bad = {{made("rmsNorm", {{"eps", 0}}), {{5}}, value, "layers[0] rmsNorm.eps", "> 0", "0"},
                                {"rmsNorm", {{}}, shape, "layers[0] rmsNorm", "[*, features]", "[*]"}}});

const Declare embedding(
    {.layer = "embedding",
     .good = {{made("embedding", {{"vocab", 7}, {"dim", 3}}), {{4}}, {4, 3}, {{"0.weight", {7, 3}}}, "3 × 7"},
              {made("embedding", {{"vocab", 2}, {"dim", 5}}), {{}}, {5}, {{"0.weight", {2, 5}}}, "5 × 2"}},
     .bad = {{made("embedding", {{"dim", 3}}), {{4}}, missing, "layers[0] embedding.vocab", "[1, 2147483647]", ""},
             {made("embedding", {{"vocab", 3}, {"dim", 0}}), {{4}}, value, "layers[0] embedding.dim", ">= 1", "0"},
             {{{"type", "sequential"},
               {"layers", {{{"type", "linear"}, {"out", 2}}, made("embedding", {{"vocab", 3}, {"dim", 1}})}}},
              {{4}},
              ErrorCode::type_mismatch,
              "layers[0] sequential.layers[1] embedding",
              "i32",
              "f32"}}});

const Declare positional_embedding(
    {.layer = "positionalEmbedding",
     .good = {{made("positionalEmbedding", {{"context", 4}}), {{3, 2}}, {3, 2}, {{"0.weight", {4, 2}}}, "2 × 4"},
              {made("positionalEmbedding", {{"context", 3}, {"kind", "sinusoidal"}}), {{3, 2}}, {3, 2}}},
     .bad = {{made("positionalEmbedding", {{"context", 2}}),
              {{3, 2}},
              shape,
              "layers[0] positionalEmbedding",
              "[*, <= 2, 2]",
              "[*, 3, 2]",
              "2"},
             {made("positionalEmbedding", {{"context", 2}}),
              {{2}},
              shape,
              "layers[0] positionalEmbedding",
              "[*, positions, features]",
              "[*, 2]"}}});

const Declare multi_head_attention(
    {.layer = "multiHeadAttention",
     .good = {{made("multiHeadAttention", {{"heads", 2}}),
               {{3, 4}},
               {3, 4},
               joined("0.", {{{"in_proj_weight", {12, 4}}, {"in_proj_bias", {12}}}, affine("out_proj", 4, 4)}),
               "(4 + 1) × 12 + (4 + 1) × 4"},
              {made("multiHeadAttention", {{"heads", 4}, {"kvHeads", 2}, {"bias", false}, {"causal", true}}),
               {{3, 8}},
               {3, 8},
               {{"0.q_proj.weight", {8, 8}},
                {"0.k_proj.weight", {4, 8}},
                {"0.v_proj.weight", {4, 8}},
                {"0.o_proj.weight", {8, 8}}},
               "8 × 8 + 8 × 4 + 8 × 4 + 8 × 8"},
              {made("multiHeadAttention", {{"heads", 1}, {"names", "gpt2"}}),
               {{3, 2}, {5, 2}, {}},
               {3, 2},
               joined("0.", {affine("c_attn", 6, 2), affine("c_proj", 2, 2)}),
               "(2 + 1) × 6 + (2 + 1) × 2"}},
     .bad = {{"multiHeadAttention", {{3, 4}}, missing, "layers[0] multiHeadAttention.heads", ">= 1", ""},
             {made("multiHeadAttention", {{"heads", 4}}),
              {{3, 10}},
              value,
              "layers[0] multiHeadAttention.heads",
              "10 % heads = 0",
              "4",
              "1, 2, 5, 10"},
             {made("multiHeadAttention", {{"heads", 4}, {"kvHeads", 3}}),
              {{3, 8}},
              value,
              "layers[0] multiHeadAttention.kvHeads",
              "4 % kvHeads = 0",
              "3",
              "1, 2, 4"},
             {made("multiHeadAttention", {{"heads", 2}, {"rope", true}}),
              {{3, 6}},
              value,
              "layers[0] multiHeadAttention.heads",
              "3 % heads = 0",
              "2",
              "1, 3"},
             {made("multiHeadAttention", {{"heads", 1}, {"rope", true}}),
              {{3, 9}},
              value,
              "layers[0] multiHeadAttention.rope",
              "width % 2 = 0",
              "9"},
             {made("multiHeadAttention", {{"heads", 2}}),
              {{6}},
              shape,
              "layers[0] multiHeadAttention",
              "[*, positions, features]",
              "[*, 6]"},
             {made("multiHeadAttention", {{"heads", 2}, {"causal", true}}),
              {{3, 4}, {5, 4}},
              shape,
              "0 multiHeadAttention",
              "[3]",
              "[5]"},
             {made("multiHeadAttention", {{"heads", 2}}),
              {{3, 4}, {5, 6}},
              shape,
              "0 multiHeadAttention",
              "[*, positions, 4]",
              "[*, 5, 6]"}}});

const Json block{{"heads", 2}, {"ff", 6}};

const Declare encoder({.layer = "transformerEncoderLayer",
                       .good = {{made("transformerEncoderLayer", block),
                                 {{3, 4}},
                                 {3, 4},
                                 joined("0.", {attention("self_attn", 4), norm("norm1", 4), affine("linear1", 6, 4),
                                               affine("linear2", 4, 6), norm("norm2", 4)})},
                                {made("transformerEncoderLayer", {{"heads", 1}, {"ff", 2}, {"normFirst", true}}),
                                 {{3, 2}, {}},
                                 {3, 2},
                                 joined("0.", {norm("norm1", 2), attention("self_attn", 2), norm("norm2", 2),
                                               affine("linear1", 2, 2), affine("linear2", 2, 2)})}},
                       .bad = {{made("transformerEncoderLayer", {{"heads", 3}}),
                                {{3, 4}},
                                value,
                                "layers[0] transformerEncoderLayer.self_attn multiHeadAttention.heads",
                                "4 % heads = 0",
                                "3",
                                "1, 2, 4"},
                               {made("transformerEncoderLayer", {{"heads", 2}, {"dropout", 2}}),
                                {{3, 4}},
                                value,
                                "layers[0] transformerEncoderLayer.dropout",
                                "[0, 1]",
                                "2"}}});

const Declare decoder({.layer = "transformerDecoderLayer",
                       .good = {{made("transformerDecoderLayer", block),
                                 {{3, 4}, {5, 4}},
                                 {3, 4},
                                 joined("0.", {attention("self_attn", 4), norm("norm1", 4),
                                               attention("multihead_attn", 4), norm("norm2", 4),
                                               affine("linear1", 6, 4), affine("linear2", 4, 6), norm("norm3", 4)})}},
                       .bad = {{made("transformerDecoderLayer", block),
                                {{3, 4}, {5, 2}},
                                shape,
                                "0 transformerDecoderLayer.multihead_attn multiHeadAttention",
                                "[*, positions, 4]",
                                "[*, 5, 2]"}}});

const Json small{{"vocab", 7}, {"context", 5}, {"layers", 1}, {"heads", 2}, {"dim", 4}, {"tied", false}};

Json small_with(const Json& more) {
  Json options = small;
  if (more.is_object()) options.update(more);
  return made("gpt", options);
}

const Declare gpt(
    {.layer = "gpt",
     .good = {{small_with({}),
               {{3}},
               {3, 7},
               joined("0.", {{{"wte.weight", {7, 4}}, {"wpe.weight", {5, 4}}},
                             norm("h.0.ln_1", 4),
                             affine("h.0.attn.c_attn", 12, 4),
                             affine("h.0.attn.c_proj", 4, 4),
                             norm("h.0.ln_2", 4),
                             affine("h.0.mlp.c_fc", 16, 4),
                             affine("h.0.mlp.c_proj", 4, 16),
                             norm("ln_f", 4),
                             affine("lm_head", 7, 4)})},
              {small_with({{"norm", "rmsNorm"}, {"mlp", "swiglu"}, {"position", "rope"}, {"kvHeads", 1}, {"ff", 6}}),
               {{5}},
               {5, 7},
               {{"0.embed_tokens.weight", {7, 4}},
                {"0.layers.0.input_layernorm.weight", {4}},
                {"0.layers.0.self_attn.q_proj.weight", {4, 4}},
                {"0.layers.0.self_attn.k_proj.weight", {2, 4}},
                {"0.layers.0.self_attn.v_proj.weight", {2, 4}},
                {"0.layers.0.self_attn.o_proj.weight", {4, 4}},
                {"0.layers.0.post_attention_layernorm.weight", {4}},
                {"0.layers.0.mlp.gate_proj.weight", {6, 4}},
                {"0.layers.0.mlp.up_proj.weight", {6, 4}},
                {"0.layers.0.mlp.down_proj.weight", {4, 6}},
                {"0.norm.weight", {4}},
                {"0.lm_head.weight", {7, 4}}}}},
     .bad = {{small_with({}), {{6}}, shape, "layers[0] gpt", "[*, <= 5]", "[*, 6]", "5"},
             {small_with({}), {{3, 2}}, shape, "layers[0] gpt", "[*, positions]", "[*, 3, 2]"},
             {small_with({{"heads", 3}}),
              {{3}},
              value,
              "layers[0] gpt.h.0.attn multiHeadAttention.heads",
              "4 % heads = 0",
              "3",
              "1, 2, 4"},
             {"gpt", {{3}}, missing, "layers[0] gpt.vocab", ">= 1", ""}}});

}  // namespace
}  // namespace trainyard::testing_layers
