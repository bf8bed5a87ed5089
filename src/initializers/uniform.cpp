// U(a, b).
#include "initializers/all.hpp"
#include "initializers/draw.hpp"

namespace trainyard::initializers {
namespace {

struct Uniform : Initializer {
  double a = 0;
  double b = 1;

  template <class V>
  void visit(V& v) {
    v("a", a);
    v("b", b);
  }
  void check(const std::string& path) const {
    if (a > b) throw Error(ErrorCode::invalid_value, path + ".b", ">= " + number_text(a), number_text(b));
  }
  void fill(const InitTarget& target, Random& random) const override { fill_uniform(target.values, random, a, b); }
};

}  // namespace

constinit const Kind<Initializer> uniform = make_kind<Uniform, Initializer>("uniform");

}  // namespace trainyard::initializers
