// A loss whose gradient by the output is the target: what turns a plan into a test of gradients with any cotangent.
#pragma once
#include "losses/loss.hpp"
#include "ops/all.hpp"
#include "ops/reduce.hpp"
#include "ops/shaping.hpp"

namespace trainyard {

class Weighed final : public Loss {
 public:
  [[nodiscard]] ValueType target(const ValueType& output, const ValueType& /*data*/) const override {
    return {.shape = output.shape};
  }
  [[nodiscard]] ValueId build(Graph& graph, ValueId output, ValueId target) const override {
    const ValueId product = graph.add(ops::mul, {output, target});
    const Shape flat{graph.type(output).shape.size()};
    const ValueId row = graph.add(ops::reshape, {product}, Attributes(ops::ReshapeAttributes{flat}));
    return graph.add(ops::sum, {row}, Attributes(ops::AxisAttributes{0}));
  }
};

}  // namespace trainyard
