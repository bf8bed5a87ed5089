// Ops over sequences: embedding, rotary positions, attention.
#include "ops/all.hpp"
#include "ops/attention.hpp"
#include "ops/op_case.hpp"
#include "ops/rope.hpp"

namespace trainyard::testing_ops {
namespace {

ValueId embedding(Builder& b) {
  const ValueId weight = b.parameter("weight");
  return b.graph.add(ops::embedding, {b.ids("input", b.graph.type(weight).shape[0]), weight});
}

const Declare embedding_case({.name = "embedding",
                              .build = embedding,
                              .instances = {{{{"input", {2}}, {"weight", {3, 1}}}},
                                            {{{"input", {3, 5}}, {"weight", {4, 17}}}},
                                            {{{"input", {2, 3}}, {"weight", {9, 40}}}}},
                              .golden = {"embedding"}});

ValueId rope(Builder& b) {
  const ValueId x = b.input("x");
  const ValueId table = ops::rope_table(b.graph, b.graph.type(x).shape[0], b.options().at("width"), 10000);
  return b.graph.add(ops::rope, {x, table});
}

const Declare rope_case({.name = "rope",
                         .build = rope,
                         .instances = {{{{"x", {2, 3, 2}}}, {{"width", 2}}},
                                       {{{"x", {2, 4, 12}}}, {{"width", 6}}},
                                       {{{"x", {1, 2, 36}}}, {{"width", 18}}}},
                         .golden = {"rope"}});

ValueId attention(Builder& b) {
  ops::AttentionAttributes a;
  a.heads = b.options().value("heads", std::int64_t{1});
  a.kv_heads = b.options().value("kvHeads", a.heads);
  a.causal = b.options().value("causal", false);
  a.dropout = b.options().value("dropout", 0.0);
  const std::int64_t keys = b.shape(b.has("k") ? "k" : "x")[0];
  return b.graph.add(ops::attention, {b.input("x"), b.input("k"), b.input("v"), b.ids("lengths", keys + 1)},
                     Attributes(a));
}

/// All at once, keys with values, and each apart; fewer queries than a block and more; heads that share; lengths;
/// dropped weights.
const Declare attention_case(
    {.name = "attention",
     .build = attention,
     .instances = {{{{"x", {2, 1, 3}}}, {{"heads", 1}}},
                   {{{"x", {2, 5, 18}}}, {{"heads", 2}, {"causal", true}}},
                   {{{"x", {1, 37, 6}}}, {{"heads", 1}, {"causal", true}}},
                   {{{"x", {1, 16, 6}}}, {{"heads", 1}, {"causal", true}}},
                   {{{"x", {2, 21, 30}}, {"lengths", {2}}}, {{"heads", 3}, {"kvHeads", 1}, {"dropout", 0.25}}},
                   {{{"x", {1, 17, 12}}, {"k", {1, 23, 12}}, {"v", {1, 23, 12}}}, {{"heads", 1}}},
                   {{{"x", {2, 3, 8}}, {"k", {2, 4, 16}}, {"lengths", {2}}}, {{"heads", 2}}},
                   {{{"x", {2, 4, 12}}, {"k", {2, 4, 3}}, {"v", {2, 4, 3}}},
                    {{"heads", 4}, {"kvHeads", 1}, {"causal", true}}},
                   {{{"x", {2, 6, 16}}, {"lengths", {2}}}, {{"heads", 4}, {"kvHeads", 2}, {"dropout", 0.25}}}},
     .golden = {"attention"}});

}  // namespace
}  // namespace trainyard::testing_ops
