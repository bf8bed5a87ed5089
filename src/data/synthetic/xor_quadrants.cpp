// Opposite quadrants are of one class, with a gap along the axes; noise moves a point for its label alone.
#include "data/synthetic/all.hpp"
#include "data/synthetic/draw.hpp"

namespace trainyard::synthetic {
namespace {

struct Xor : Synthetic {
  [[nodiscard]] std::vector<Point> points(Random& random) const override {
    constexpr double padding = 0.3;
    std::vector<Point> list;
    for (std::int64_t i = 0; i < n; ++i) {
      double x = between(random, -5, 5);
      x += x > 0 ? padding : -padding;
      double y = between(random, -5, 5);
      y += y > 0 ? padding : -padding;
      const double moved_x = x + between(random, -5, 5) * noise;
      const double moved_y = y + between(random, -5, 5) * noise;
      list.push_back({x, y, moved_x * moved_y >= 0 ? 1.0 : -1.0});
    }
    return list;
  }
};

}  // namespace

constinit const Kind<Synthetic> xor_quadrants = make_kind<Xor, Synthetic>("xor");

}  // namespace trainyard::synthetic
