// A disc of radius 2.5 within a ring from 3.5 to 5; noise moves a point for its label alone.
#include "data/synthetic/all.hpp"
#include "data/synthetic/draw.hpp"

namespace trainyard::synthetic {
namespace {

struct Circle : Synthetic {
  [[nodiscard]] std::vector<Point> points(Random& random) const override {
    constexpr double radius = 5;
    std::vector<Point> list;
    const auto draw = [&](double from, double to) {
      for (std::int64_t i = 0; i < n / 2; ++i) {
        const double r = between(random, from, to);
        const double angle = between(random, 0, 2 * pi);
        const double x = r * sine(angle);
        const double y = r * cosine(angle);
        const double moved_x = x + between(random, -radius, radius) * noise;
        const double moved_y = y + between(random, -radius, radius) * noise;
        const bool inside = moved_x * moved_x + moved_y * moved_y < radius * radius / 4;
        list.push_back({x, y, inside ? 1.0 : -1.0});
      }
    };
    draw(0, radius / 2);
    draw(radius * 0.7, radius);
    return list;
  }
};

}  // namespace

constinit const Kind<Synthetic> circle = make_kind<Circle, Synthetic>("circle");

}  // namespace trainyard::synthetic
