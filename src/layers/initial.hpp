// What layers with a weight and a bias share: how the two are made, and their initial values, PyTorch's by default, any
// initializer on request.
#pragma once
#include "initializers/initializer.hpp"
#include "layers/layer.hpp"

namespace trainyard::layers {

struct WeightAndBias {
  ValueId weight, bias;  ///< the bias is not valid where there is none
};

class Initial {
 public:
  template <class V>
  void visit(V& v) {
    if (const Json* w = v.raw("weightInit")) weight_ = *w;
    if (const Json* c = v.raw("biasInit")) bias_ = *c;
  }

  /// Parameters "weight" [out, …], kept in the order `stored`, and "bias" [out] if wanted.
  [[nodiscard]] WeightAndBias parameters(LayerBuilder& b, const Shape& shape, const StoredOrder& stored,
                                         const Fans& fans, bool with_bias) const {
    WeightAndBias made;
    made.weight = b.parameter({.name = "weight",
                               .shape = shape,
                               .stored = stored,
                               .initializer = weight(),
                               .fan_in = fans.in,
                               .fan_out = fans.out});
    if (with_bias) {
      made.bias = b.parameter({.name = "bias",
                               .shape = {shape[0]},
                               .kind = ParameterKind::bias,
                               .initializer = bias(),
                               .fan_in = fans.in,
                               .fan_out = fans.out});
    }
    return made;
  }

 private:
  Json weight_;
  Json bias_;

  /// torch.nn.Linear's and Conv2d's: kaiming_uniform with a = sqrt(5), that is U(-1/sqrt(fan_in), 1/sqrt(fan_in)).
  [[nodiscard]] Json weight() const {
    if (!weight_.is_null()) return weight_;
    return json_object("type", "kaimingUniform", "a", 2.23606797749979);
  }
  /// U(-1/sqrt(fan_in), 1/sqrt(fan_in)).
  [[nodiscard]] Json bias() const { return bias_.is_null() ? Json("default") : bias_; }
};

}  // namespace trainyard::layers
