// The initial values that layers with a weight offer: PyTorch's by default, any initializer on request.
#pragma once
#include "core/kinds.hpp"

namespace trainyard::layers {

struct Initial {
  Json weight_init;
  Json bias_init;

  template <class V>
  void visit(V& v) {
    if (const Json* w = v.raw("weightInit")) weight_init = *w;
    if (const Json* c = v.raw("biasInit")) bias_init = *c;
  }

  /// torch.nn.Linear's and Conv2d's: kaiming_uniform with a = sqrt(5), that is U(-1/sqrt(fan_in), 1/sqrt(fan_in)).
  [[nodiscard]] Json weight() const {
    if (!weight_init.is_null()) return weight_init;
    return {{"type", "kaimingUniform"}, {"a", 2.23606797749979}};
  }
  /// U(-1/sqrt(fan_in), 1/sqrt(fan_in)).
  [[nodiscard]] Json bias() const { return bias_init.is_null() ? Json("default") : bias_init; }
};

}  // namespace trainyard::layers
