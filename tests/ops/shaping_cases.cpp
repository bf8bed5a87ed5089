// Copies, layouts, and what only moves numbers.
#include "ops/shaping.hpp"

#include "ops/all.hpp"
#include "ops/op_case.hpp"

namespace trainyard::testing_ops {
namespace {

const std::vector<Instance> images{{{{"x", {2, 1, 3, 2}}}}, {{{"x", {2, 3, 2, 4}}}}, {{{"x", {1, 9, 3, 3}}}}};

const Declare identity({.name = "identity",
                        .build = [](Builder& b) { return b.graph.add(ops::identity, {b.input("x")}); },
                        .instances = elementwise_instances({"x"})});
const Declare to_channels_last({.name = "to_channels_last",
                                .build = [](Builder& b) { return b.image("x"); },
                                .instances = images});
const Declare to_channels_first({.name = "to_channels_first",
                                 .build = [](Builder& b) { return b.graph.channels_first(b.image("x")); },
                                 .instances = images});

ValueId reshape(Builder& b, const Shape& shape) {
  return b.graph.add(ops::reshape, {b.input("x")}, Attributes(ops::ReshapeAttributes{shape}));
}

const Declare reshape_case({.name = "reshape",
                            .build =
                                [](Builder& b) {
                                  const auto sizes = b.options()["shape"].get<Sizes>();
                                  return reshape(b, Shape(std::span(sizes)));
                                },
                            .instances = {{{{"x", {2, 3, 4}}}, {{"shape", {2, 6}}}},
                                          {{{"x", {1, 17}}}, {{"shape", {17, 1}}}},
                                          {{{"x", {3, 1}}}, {{"shape", Json::array()}}}},
                            .golden = {"reshape"}});
const Declare transpose({.name = "transpose",
                         .build = [](Builder& b) { return b.graph.add(ops::transpose, {b.input("x")}); },
                         .instances = {{{{"x", {2, 3, 4}}}},
                                       {{{"x", {1, 1, 5}}}},
                                       {{{"x", {3, 17, 1}}}},
                                       {{{"x", {2, 9, 13}}}},
                                       {{{"x", {2, 3, 8, 5}}}}},
                         .golden = {"transpose"}});
const Declare flatten({.name = "flatten",
                       .build = [](Builder& b) { return reshape(b, {b.shape("x").size()}); },
                       .instances = images,
                       .golden = {"flatten"}});

/// Images lie channels last when the options say so. PyTorch counts the batch as axis 0.
ValueId operand(Builder& b, const char* name) {
  return b.options().value("image", b.shape(name).rank() == 3) ? b.image(name) : b.input(name);
}

ValueId concat(Builder& b) {
  std::vector<ValueId> parts;
  for (const char* name : {"a", "b", "c"}) {
    if (b.has(name)) parts.push_back(operand(b, name));
  }
  const ops::AxisAttributes a{b.options()["axis"].get<int>() - 1};
  return b.graph.add(ops::concat, std::span<const ValueId>(parts), Attributes(a));
}

const Declare concat_case({.name = "concat",
                           .build = concat,
                           .instances = {{{{"a", {2, 1}}, {"b", {2, 3}}, {"c", {2, 17}}}, {{"axis", 1}}},
                                         {{{"a", {2, 3}}}, {{"axis", 1}}},
                                         {{{"a", {2, 3, 4}}, {"b", {2, 3, 1}}}, {{"axis", 2}}},
                                         {{{"a", {2, 3, 2, 2}}, {"b", {2, 9, 2, 2}}}, {{"axis", 1}}},
                                         {{{"a", {2, 3, 1, 2}}, {"b", {2, 3, 2, 2}}}, {{"axis", 2}}},
                                         {{{"a", {2, 3, 2, 1}}, {"b", {2, 3, 2, 4}}}, {{"axis", 3}}},
                                         {{{"a", {2, 3, 2, 1}}, {"b", {2, 3, 2, 4}}}, {{"axis", 3}, {"image", false}}}},
                           .golden = {"concat"}});

ValueId slice(Builder& b) {
  const Json& o = b.options();
  const ops::SliceAttributes a{o["axis"].get<int>() - 1, o["start"].get<std::int64_t>(),
                               o["length"].get<std::int64_t>()};
  return b.graph.add(ops::slice, {operand(b, "x")}, Attributes(a));
}

const Declare slice_case({.name = "slice",
                          .build = slice,
                          .instances = {{{{"x", {2, 1}}}, {{"axis", 1}, {"start", 0}, {"length", 1}}},
                                        {{{"x", {2, 17}}}, {{"axis", 1}, {"start", 3}, {"length", 9}}},
                                        {{{"x", {2, 3, 5}}}, {{"axis", 1}, {"start", 1}, {"length", 2}}},
                                        {{{"x", {2, 5, 2, 3}}}, {{"axis", 1}, {"start", 1}, {"length", 3}}},
                                        {{{"x", {2, 5, 4, 3}}}, {{"axis", 2}, {"start", 3}, {"length", 1}}},
                                        {{{"x", {2, 5, 2, 3}}}, {{"axis", 3}, {"start", 0}, {"length", 2}}}},
                          .golden = {"slice"}});

}  // namespace
}  // namespace trainyard::testing_ops
