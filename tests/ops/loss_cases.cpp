#include "ops/loss.hpp"

#include "ops/all.hpp"
#include "ops/op_case.hpp"

namespace trainyard::testing_ops {
namespace {

constexpr Fill logits{.low = -5, .high = 5};

ValueId cross_entropy(Builder& b) {
  const Json& options = b.options();
  const ValueId x = b.input("x", logits);
  const std::int64_t classes = b.shape("x").back();
  ops::CrossEntropyAttributes a;
  a.label_smoothing = options.value("labelSmoothing", 0.0);
  a.ignore_index = options.value("ignoreIndex", std::int64_t{-100});
  ValueId weights;
  if (options.contains("classWeights")) {
    weights = b.graph.constant("weights", {classes}, options["classWeights"].get<std::vector<float>>());
  }
  const bool dense = b.shape("y") == b.shape("x");
  const ValueId y = dense ? b.target("y", {.low = 0, .high = 1, .kind = Fill::Kind::on_grid}) : b.ids("y", classes);
  return b.graph.add(ops::softmax_cross_entropy, {x, y, weights}, Attributes(a));
}

const Json weights5{{"classWeights", {0.5, 1.0, 2.0, 0.25, 3.0}}};
const Json all5{{"classWeights", {0.5, 1.0, 2.0, 0.25, 3.0}}, {"labelSmoothing", 0.25}, {"ignoreIndex", 2}};

const Declare softmax_cross_entropy({.name = "softmax_cross_entropy",
                                     .build = cross_entropy,
                                     .instances = {{{{"x", {3, 1}}, {"y", {3}}}},
                                                   {{{"x", {3, 3}}, {"y", {3}}}},
                                                   {{{"x", {4, 10}}, {"y", {4}}}},
                                                   {{{"x", {3, 17}}, {"y", {3}}}, {{"labelSmoothing", 0.125}}},
                                                   {{{"x", {4, 5}}, {"y", {4}}}, weights5},
                                                   {{{"x", {2, 3, 5}}, {"y", {2, 3}}}, all5},
                                                   {{{"x", {3, 5}}, {"y", {3, 5}}}, weights5},
                                                   {{{"x", {2, 3, 4}}, {"y", {2, 3, 4}}}}},
                                     .golden = {"crossEntropy"}});

ValueId binary_cross_entropy(Builder& b) {
  ValueId weights;
  if (b.options().contains("posWeight")) {
    const auto numbers = b.options()["posWeight"].get<std::vector<float>>();
    weights = b.graph.constant("weights", {static_cast<std::int64_t>(numbers.size())}, numbers);
  }
  return b.graph.add(
      ops::bce_with_logits,
      {b.input("x", logits), b.target("y", {.low = 0, .high = 1, .kind = Fill::Kind::on_grid}), weights});
}

std::vector<Instance> binary_instances() {
  std::vector<Instance> list = elementwise_instances({"x", "y"});
  list.push_back({{{"x", {3, 2, 3}}, {"y", {3, 2, 3}}}, {{"posWeight", {0.5, 1.0, 4.0}}}});
  return list;
}

const Declare bce_with_logits({.name = "bce_with_logits",
                               .build = binary_cross_entropy,
                               .instances = binary_instances(),
                               .golden = {"bceWithLogits"}});

OpCase regression(const std::string& name, const Op& op, const std::string& golden) {
  return {.name = name,
          .build =
              [&op](Builder& b) {
                const ops::HuberAttributes a{.delta = b.options().value("delta", 0.75)};
                return b.graph.add(op,
                                   {b.input("x", {.low = -2, .high = 2}),
                                    b.target("y", {.low = -2, .high = 2, .kind = Fill::Kind::on_grid})},
                                   Attributes(a));
              },
          .instances = elementwise_instances({"x", "y"}),
          .golden = {golden}};
}

const Declare mse(regression("mse", ops::mse, "mse"));
const Declare mae(regression("mae", ops::mae, "mae"));
const Declare huber(regression("huber", ops::huber, "huber"));

}  // namespace
}  // namespace trainyard::testing_ops
