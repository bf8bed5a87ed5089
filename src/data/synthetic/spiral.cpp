// Two arms wound around each other: one turn and three quarters each in the playground.
#include "data/synthetic/all.hpp"
#include "data/synthetic/draw.hpp"

namespace trainyard::synthetic {
namespace {

struct Spiral : Synthetic {
  double turns = 1.75;  ///< of each arm: fewer are easier

  template <class V>
  void visit(V& v) {
    Synthetic::visit(v);
    v("turns", turns, positive);
  }
  [[nodiscard]] std::vector<Point> points(Random& random) const override {
    const std::int64_t half = n / 2;
    std::vector<Point> list;
    for (const double sign : {1.0, -1.0}) {
      for (std::int64_t i = 0; i < half; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(half);
        const double r = share * 5;
        const double angle = turns * share * 2 * pi + (sign > 0 ? 0 : pi);
        const double x = r * sine(angle) + between(random, -1, 1) * noise;
        const double y = r * cosine(angle) + between(random, -1, 1) * noise;
        list.push_back({x, y, sign});
      }
    }
    return list;
  }
};

}  // namespace

constinit const Kind<Synthetic> spiral = make_kind<Spiral, Synthetic>("spiral");

}  // namespace trainyard::synthetic
