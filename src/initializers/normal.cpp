// N(mean, std²), and the same with what lies outside [a, b] drawn again (torch.nn.init.trunc_normal_).
#include <algorithm>

#include "initializers/all.hpp"
#include "initializers/draw.hpp"

namespace trainyard::initializers {
namespace {

struct Normal : Initializer {
  double mean = 0;
  double deviation = 1;

  template <class V>
  void visit(V& v) {
    v("mean", mean);
    v("std", deviation, not_negative);
  }
  void fill(const InitTarget& target, Random& random) const override {
    fill_normal(target.values, random, mean, deviation);
  }
};

struct TruncatedNormal : Initializer {
  double mean = 0;
  double deviation = 1;
  double a = -2;
  double b = 2;

  template <class V>
  void visit(V& v) {
    v("mean", mean);
    v("std", deviation, not_negative);
    v("a", a);
    v("b", b);
  }
  void check(const std::string& path) const {
    if (a > b) throw Error(ErrorCode::invalid_value, path + ".b", ">= " + number_text(a), number_text(b));
  }
  void fill(const InitTarget& target, Random& random) const override {
    // Bounds far out in a tail would be hit almost never: after so many draws the last one is moved to the bound.
    constexpr int draws = 100;
    for (float& x : target.values) {
      double drawn = 0;
      for (int i = 0; i < draws; ++i) {
        drawn = mean + deviation * static_cast<double>(random.normal());
        if (drawn >= a && drawn <= b) break;
      }
      x = static_cast<float>(std::min(std::max(drawn, a), b));
    }
  }
};

}  // namespace

constinit const Kind<Initializer> normal = make_kind<Normal, Initializer>("normal");
constinit const Kind<Initializer> truncated_normal = make_kind<TruncatedNormal, Initializer>("truncatedNormal");

}  // namespace trainyard::initializers
