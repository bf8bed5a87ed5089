#include "ops/all.hpp"
#include "ops/op_case.hpp"

namespace trainyard::testing_ops {
namespace {

ValueId build(Builder& b) {
  return b.graph.add(ops::linear, {b.input("x"), b.parameter("weight", input_major), b.parameter("bias")});
}

const Declare linear({.name = "linear",
                      .build = build,
                      .instances = {{{{"x", {1, 1}}, {"weight", {1, 1}}, {"bias", {1}}}},
                                    {{{"x", {3, 3}}, {"weight", {5, 3}}, {"bias", {5}}}},
                                    {{{"x", {2, 8}}, {"weight", {4, 8}}, {"bias", {4}}}},
                                    {{{"x", {2, 17}}, {"weight", {33, 17}}}},
                                    {{{"x", {3, 4}}, {"weight", {70, 4}}, {"bias", {70}}}},
                                    {{{"x", {2, 3, 7}}, {"weight", {9, 7}}, {"bias", {9}}}}},
                      .golden = {"linear"}});

ValueId build_transposed(Builder& b) {
  return b.graph.add(ops::linear_transposed, {b.input("x"), b.parameter("weight"), b.parameter("bias")});
}

const Declare linear_transposed({.name = "linear_transposed",
                                 .build = build_transposed,
                                 .instances = {{{{"x", {3, 3}}, {"weight", {5, 3}}, {"bias", {5}}}},
                                               {{{"x", {2, 17}}, {"weight", {33, 17}}}},
                                               {{{"x", {3, 70}}, {"weight", {5, 70}}, {"bias", {5}}}},
                                               {{{"x", {2, 3, 7}}, {"weight", {9, 7}}, {"bias", {9}}}}},
                                 .golden = {"linear"}});

}  // namespace
}  // namespace trainyard::testing_ops
