// Sums, products, reductions, softmax, dropout.
#include "ops/affine.hpp"
#include "ops/all.hpp"
#include "ops/dropout.hpp"
#include "ops/op_case.hpp"
#include "ops/shaping.hpp"

namespace trainyard::testing_ops {
namespace {

/// Two values of a type, and one that is the same for all rows: a whole row, the last axis, a number.
OpCase binary(const std::string& name, const Op& op) {
  OpCase c{.name = name,
           .build =
               [&op](Builder& b) {
                 const bool all_rows = b.has("same");
                 return b.graph.add(op, {b.input("a"), all_rows ? b.parameter("same") : b.input("b")});
               },
           .instances = elementwise_instances({"a", "b"}),
           .golden = {name}};
  for (const Sizes& same : {Sizes{3, 5}, Sizes{5}, Sizes{}}) {
    c.instances.push_back({{{"a", {2, 3, 5}}, {"same", same}}});
  }
  return c;
}

const Declare add(binary("add", ops::add));
const Declare sub(binary("sub", ops::sub));
const Declare mul(binary("mul", ops::mul));

const Declare square({.name = "mul_by_itself",
                      .build = [](Builder& b) { return b.graph.add(ops::mul, {b.input("x"), b.input("x")}); },
                      .instances = elementwise_instances({"x"}),
                      .golden = {"square"}});

const Declare affine({.name = "affine",
                      .build =
                          [](Builder& b) {
                            return b.graph.add(ops::affine, {b.input("x")},
                                               Attributes(ops::AffineAttributes{.factor = -1.75, .offset = 0.5}));
                          },
                      .instances = elementwise_instances({"x"})});

/// PyTorch counts the batch as axis 0.
OpCase reduction(const std::string& name, const Op& op, Fill fill) {
  return {.name = name,
          .build =
              [&op, fill](Builder& b) {
                const ops::AxisAttributes a{b.options()["axis"].get<int>() - 1};
                return b.graph.add(op, {b.input("x", fill)}, Attributes(a));
              },
          .instances = {{{{"x", {2, 1}}}, {{"axis", 1}}},
                        {{{"x", {3, 17}}}, {{"axis", 1}}},
                        {{{"x", {2, 3, 5}}}, {{"axis", 1}}},
                        {{{"x", {2, 3, 9}}}, {{"axis", 2}}},
                        {{{"x", {2, 2, 3, 4}}}, {{"axis", 2}}}},
          .golden = {name}};
}

const Declare sum(reduction("sum", ops::sum, {}));
const Declare mean(reduction("mean", ops::mean, {}));
const Declare max(reduction("max", ops::max, {.kind = Fill::Kind::distinct}));

OpCase softmax(const std::string& name, const Op& op, const std::string& golden) {
  return {.name = name,
          .build = [&op](Builder& b) { return b.graph.add(op, {b.input("x", {.low = -8, .high = 8})}); },
          .instances = elementwise_instances({"x"}),
          .golden = {golden}};
}

const Declare softmax_case(softmax("softmax", ops::softmax, "softmax"));
const Declare log_softmax(softmax("log_softmax", ops::log_softmax, "logSoftmax"));

const Declare dropout({.name = "dropout",
                       .build =
                           [](Builder& b) {
                             return b.graph.add(ops::dropout, {b.input("x")},
                                                Attributes(ops::DropoutAttributes{.probability = 0.375}));
                           },
                       .instances = elementwise_instances({"x"})});

}  // namespace
}  // namespace trainyard::testing_ops
