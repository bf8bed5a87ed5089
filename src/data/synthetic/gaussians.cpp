// Two round clouds about (2, 2) and (-2, -2); the variance grows with the noise from 0.5 to 4 at 0.5.
#include <cmath>

#include "data/synthetic/all.hpp"
#include "data/synthetic/draw.hpp"

namespace trainyard::synthetic {
namespace {

struct Gaussians : Synthetic {
  [[nodiscard]] std::vector<Point> points(Random& random) const override {
    const double deviation = std::sqrt(0.5 + noise / 0.5 * 3.5);
    std::vector<Point> list;
    for (const double sign : {1.0, -1.0}) {
      for (std::int64_t i = 0; i < n / 2; ++i) {
        const double x = 2 * sign + deviation * static_cast<double>(random.normal());
        const double y = 2 * sign + deviation * static_cast<double>(random.normal());
        list.push_back({x, y, sign});
      }
    }
    return list;
  }
};

}  // namespace

constinit const Kind<Synthetic> gaussians = make_kind<Gaussians, Synthetic>("gaussians");

}  // namespace trainyard::synthetic
