// Variances chosen so that numbers keep their size on the way through a layer: Kaiming (He et al. 2015), Xavier
// (Glorot & Bengio 2010) and LeCun (1998).
#include <cmath>

#include "initializers/all.hpp"
#include "initializers/draw.hpp"

namespace trainyard::initializers {
namespace {

const Choices modes{"fanIn", "fanOut"};
const Choices nonlinearities{"linear", "sigmoid", "tanh", "relu", "leakyRelu", "selu"};

/// torch.nn.init.calculate_gain; `slope` is leakyRelu's.
double gain_of(const std::string& nonlinearity, double slope) {
  if (nonlinearity == "tanh") return 5.0 / 3;
  if (nonlinearity == "relu") return std::sqrt(2.0);
  if (nonlinearity == "leakyRelu") return std::sqrt(2 / (1 + slope * slope));
  if (nonlinearity == "selu") return 0.75;
  return 1;
}

/// Fills with numbers of mean 0 and the given deviation.
template <bool normal>
void fill_scaled(const InitTarget& target, Random& random, double deviation) {
  if constexpr (normal) {
    fill_normal(target.values, random, 0, deviation);
  } else {
    const double bound = std::sqrt(3.0) * deviation;
    fill_uniform(target.values, random, -bound, bound);
  }
}

template <bool normal>
struct Kaiming : Initializer {
  double a = 0;
  std::string mode = "fanIn";
  std::string nonlinearity = "leakyRelu";

  template <class V>
  void visit(V& v) {
    v("a", a);
    v("mode", mode, modes);
    v("nonlinearity", nonlinearity, nonlinearities);
  }
  void fill(const InitTarget& target, Random& random) const override {
    const std::int64_t fan = mode == "fanIn" ? target.fans.in : target.fans.out;
    fill_scaled<normal>(target, random, gain_of(nonlinearity, a) / std::sqrt(static_cast<double>(fan)));
  }
};

template <bool normal>
struct Xavier : Initializer {
  double gain = 1;

  template <class V>
  void visit(V& v) {
    v("gain", gain);
  }
  void fill(const InitTarget& target, Random& random) const override {
    fill_scaled<normal>(target, random, gain * std::sqrt(2 / static_cast<double>(target.fans.in + target.fans.out)));
  }
};

struct LecunNormal : Initializer {
  template <class V>
  void visit(V& /*v*/) {}
  void fill(const InitTarget& target, Random& random) const override {
    fill_scaled<true>(target, random, 1 / std::sqrt(static_cast<double>(target.fans.in)));
  }
};

}  // namespace

constinit const Kind<Initializer> kaiming_uniform = make_kind<Kaiming<false>, Initializer>("kaimingUniform");
constinit const Kind<Initializer> kaiming_normal = make_kind<Kaiming<true>, Initializer>("kaimingNormal");
constinit const Kind<Initializer> xavier_uniform = make_kind<Xavier<false>, Initializer>("xavierUniform");
constinit const Kind<Initializer> xavier_normal = make_kind<Xavier<true>, Initializer>("xavierNormal");
constinit const Kind<Initializer> lecun_normal = make_kind<LecunNormal, Initializer>("lecunNormal");

}  // namespace trainyard::initializers
