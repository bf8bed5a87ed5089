// Copies, layouts and sums.
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
const Declare add({.name = "add",
                   .build = [](Builder& b) { return b.graph.add(ops::add, {b.input("a"), b.input("b")}); },
                   .instances = elementwise_instances({"a", "b"}),
                   .golden = {"add"}});

}  // namespace
}  // namespace trainyard::testing_ops
