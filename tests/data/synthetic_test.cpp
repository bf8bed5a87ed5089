#include "data/synthetic/synthetic.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "data/columns.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

struct Points {
  std::vector<double> x, y, label;
};

Points points_of(const Json& description) {
  const Dataset data = synthetic_dataset(description);
  std::vector<Row> rows(data.rows());
  std::iota(rows.begin(), rows.end(), Row{0});
  const auto inputs = gathered<double>(data, rows, 0);
  Points p;
  p.label = gathered<double>(data, rows, 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    p.x.push_back(inputs[2 * i]);
    p.y.push_back(inputs[2 * i + 1]);
  }
  return p;
}

/// f(x, y, label) of every point of a set without noise.
template <class F>
void each(const char* type, F f) {
  const Points p = points_of({{"type", type}, {"n", 400}, {"labels", "sign"}});
  ASSERT_EQ(p.x.size(), 400U);
  double sum = 0;
  for (std::size_t i = 0; i < p.x.size(); ++i) {
    f(p.x[i], p.y[i], p.label[i]);
    sum += p.label[i];
  }
  EXPECT_NEAR(sum / 400, 0, 0.2) << type;  // both classes
}

TEST(Synthetic, CircleIsADiscInARing) {
  each("circle", [](double x, double y, double label) {
    const double r = std::hypot(x, y);
    EXPECT_TRUE(label > 0 ? r < 2.5 : r >= 3.5 && r <= 5) << r;
  });
}

TEST(Synthetic, XorHasOppositeQuadrants) {
  each("xor", [](double x, double y, double label) {
    EXPECT_EQ(label, x * y >= 0 ? 1 : -1);
    EXPECT_GE(std::abs(x), 0.3);
    EXPECT_LE(std::abs(y), 5.3);
  });
}

TEST(Synthetic, GaussiansLieAboutTheirMiddles) {
  const Points p = points_of({{"type", "gaussians"}, {"n", 20000}, {"noise", 0.25}, {"labels", "sign"}});
  for (const double sign : {1.0, -1.0}) {
    double n = 0, mean = 0, square = 0;
    for (std::size_t i = 0; i < p.x.size(); ++i) {
      if (p.label[i] != sign) continue;
      n += 2;
      mean += p.x[i] + p.y[i];
      square += std::pow(p.x[i] - 2 * sign, 2) + std::pow(p.y[i] - 2 * sign, 2);
    }
    EXPECT_EQ(n, 20000);
    EXPECT_NEAR(mean / n, 2 * sign, 0.06);
    EXPECT_NEAR(square / n, 0.5 + 0.5 * 3.5, 0.12);
  }
}

TEST(Synthetic, SpiralsArmsTurnOnceAndThreeQuarters) {
  each("spiral", [](double x, double y, double label) {
    const double r = std::hypot(x, y);
    const double angle = 1.75 * r / 5 * 2 * 3.141592653589793 + (label > 0 ? 0 : 3.141592653589793);
    EXPECT_NEAR(x, r * std::sin(angle), 1e-5);
    EXPECT_NEAR(y, r * std::cos(angle), 1e-5);
    EXPECT_LT(r, 5);
  });
}

TEST(Synthetic, MoonsAreHalfCircles) {
  each("moons", [](double x, double y, double label) {
    const double sx = x / 3.5 + 0.5;  // scikit-learn's coordinates
    const double sy = y / 3.5 + 0.25;
    const double dx = label < 0 ? sx : sx - 1;
    const double dy = label < 0 ? sy : sy - 0.5;
    EXPECT_NEAR(std::hypot(dx, dy), 1, 1e-6);
    EXPECT_TRUE(label < 0 ? dy >= -1e-6 : dy <= 1e-6);
  });
}

TEST(Synthetic, PlaneIsARegression) {
  each("plane", [](double x, double y, double label) { EXPECT_NEAR(label, (x + y) / 10, 1e-6); });
  const Dataset data = synthetic_dataset({{"type", "plane"}, {"labels", "id"}});
  EXPECT_EQ(data.columns()[1].shape, (Shape{1}));
}

TEST(Synthetic, NoiseDisturbs) {
  for (const Json& kind : describe_synthetic()) {
    const Json name = kind.at("name");
    const Points calm = points_of({{"type", name}, {"seed", 4}});
    const Points noisy = points_of({{"type", name}, {"seed", 4}, {"noise", 0.4}});
    // Noise moves the point, or the label alone.
    EXPECT_NE(calm.x != noisy.x, calm.label != noisy.label) << name;
    for (const double x : noisy.x) EXPECT_LT(std::abs(x), 15) << name;
  }
}

TEST(Synthetic, DependsOnTheSeedAlone) {
  for (const Json& kind : describe_synthetic()) {
    const Json name = kind.at("name");
    const Json noisy{{"type", name}, {"noise", 0.1}, {"seed", 1}};
    EXPECT_EQ(points_of(noisy).x, points_of(noisy).x);
    Json other = noisy;
    other["seed"] = 2;
    EXPECT_NE(points_of(noisy).x, points_of(other).x) << name;
  }
}

TEST(Synthetic, LabelsAreClassIdsUnlessSignsAreWanted) {
  const Dataset data = synthetic_dataset("circle");
  EXPECT_EQ(data.info()["targets"]["y"], parse_json(R"({"shape": [], "dtype": "u8", "classes": 2})", ""));
  const Dataset sign = synthetic_dataset({{"type", "circle"}, {"labels", "sign"}});
  EXPECT_EQ(sign.info()["targets"]["y"], parse_json(R"({"shape": [1], "dtype": "f32"})", ""));
  EXPECT_EQ(sign.rows(), 500U);
}

TEST(Synthetic, RefusesBadDescriptions) {
  const auto unknown = error_of([] { (void)synthetic_dataset("spirals"); });
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->hint.argument, "spiral");
  for (const Json& bad : {Json{{"type", "xor"}, {"n", 1}}, Json{{"type", "xor"}, {"n", 1e9}},
                          Json{{"type", "xor"}, {"noise", -1}}, Json{{"type", "xor"}, {"seed", -1}}}) {
    const auto error = error_of([&] { (void)synthetic_dataset(bad); });
    ASSERT_TRUE(error) << bad;
    EXPECT_EQ(error->code, ErrorCode::invalid_value) << bad;
  }
}

}  // namespace
}  // namespace trainyard
