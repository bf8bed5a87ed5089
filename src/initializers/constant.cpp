// The same number everywhere.
#include <algorithm>

#include "initializers/all.hpp"

namespace trainyard::initializers {
namespace {

template <int number>
struct Fixed : Initializer {
  template <class V>
  void visit(V& /*v*/) {}
  void fill(const InitTarget& target, Random& /*random*/) const override {
    std::ranges::fill(target.values, static_cast<float>(number));
  }
};

struct Constant : Initializer {
  double value = 0;

  template <class V>
  void visit(V& v) {
    v.required("value", value);
  }
  void fill(const InitTarget& target, Random& /*random*/) const override {
    std::ranges::fill(target.values, static_cast<float>(value));
  }
};

}  // namespace

constinit const Kind<Initializer> zeros = make_kind<Fixed<0>, Initializer>("zeros");
constinit const Kind<Initializer> ones = make_kind<Fixed<1>, Initializer>("ones");
constinit const Kind<Initializer> constant = make_kind<Constant, Initializer>("constant");

}  // namespace trainyard::initializers
