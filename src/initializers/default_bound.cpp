// What torch.nn.Linear and Conv2d start from, weight and bias alike: U(±1 / sqrt(fan in)); for the weight this is
// kaimingUniform with a = sqrt(5).
#include <cmath>

#include "initializers/all.hpp"
#include "initializers/draw.hpp"

namespace trainyard::initializers {
namespace {

struct DefaultBound : Initializer {
  template <class V>
  void visit(V& /*v*/) {}
  void fill(const InitTarget& target, Random& random) const override {
    const double bound = 1 / std::sqrt(static_cast<double>(target.fans.in));
    fill_uniform(target.values, random, -bound, bound);
  }
};

}  // namespace

constinit const Kind<Initializer> default_bound = make_kind<DefaultBound, Initializer>("default");

}  // namespace trainyard::initializers
