// A regression: the label is (x + y) / 10; noise moves a point for its label alone.
#include "data/synthetic/all.hpp"
#include "data/synthetic/draw.hpp"

namespace trainyard::synthetic {
namespace {

struct Plane : Synthetic {
  [[nodiscard]] std::vector<Point> points(Random& random) const override {
    constexpr double radius = 6;
    std::vector<Point> list;
    for (std::int64_t i = 0; i < n; ++i) {
      const double x = between(random, -radius, radius);
      const double y = between(random, -radius, radius);
      const double moved_x = x + between(random, -radius, radius) * noise;
      const double moved_y = y + between(random, -radius, radius) * noise;
      list.push_back({x, y, (moved_x + moved_y) / 10});
    }
    return list;
  }
  [[nodiscard]] bool regression() const override { return true; }
};

}  // namespace

constinit const Kind<Synthetic> plane = make_kind<Plane, Synthetic>("plane");

}  // namespace trainyard::synthetic
