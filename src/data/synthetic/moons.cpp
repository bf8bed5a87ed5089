// Two half circles that reach into each other: sklearn.datasets.make_moons with normal noise, moved to the middle and
// enlarged 3.5 times to the size of the others. The outer one is -1, scikit-learn's class 0.
#include "data/synthetic/all.hpp"
#include "data/synthetic/draw.hpp"

namespace trainyard::synthetic {
namespace {

struct Moons : Synthetic {
  [[nodiscard]] std::vector<Point> points(Random& random) const override {
    constexpr double enlarged = 3.5;
    std::vector<Point> list;
    const std::int64_t outer = n / 2;
    const auto add = [&](double x, double y, double label) {
      x += noise * static_cast<double>(random.normal());
      y += noise * static_cast<double>(random.normal());
      list.push_back({enlarged * (x - 0.5), enlarged * (y - 0.25), label});
    };
    const auto angle = [](std::int64_t i, std::int64_t count) {
      return count > 1 ? pi * static_cast<double>(i) / static_cast<double>(count - 1) : 0;
    };
    for (std::int64_t i = 0; i < outer; ++i) add(cosine(angle(i, outer)), sine(angle(i, outer)), -1);
    for (std::int64_t i = 0; i < n - outer; ++i) {
      add(1 - cosine(angle(i, n - outer)), 0.5 - sine(angle(i, n - outer)), 1);
    }
    return list;
  }
};

}  // namespace

constinit const Kind<Synthetic> moons = make_kind<Moons, Synthetic>("moons");

}  // namespace trainyard::synthetic
