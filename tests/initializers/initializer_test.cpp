#include "initializers/initializer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/errors.hpp"

namespace trainyard {
namespace {

std::vector<float> filled(const Json& description, const Shape& shape, Fans fans, std::uint64_t seed = 1,
                          std::string_view name = "0.weight") {
  std::vector<float> values(static_cast<std::size_t>(shape.size()), 99.0F);
  initialize(*parse_initializer(description, "init"), {values, shape, fans}, seed, name);
  return values;
}

struct Moments {
  double mean = 0, deviation = 0, low = 0, high = 0;
};
Moments moments_of(const std::vector<float>& values) {
  Moments m;
  const auto n = static_cast<double>(values.size());
  for (const float x : values) m.mean += x / n;
  for (const float x : values) m.deviation += (x - m.mean) * (x - m.mean) / n;
  m.deviation = std::sqrt(m.deviation);
  m.low = *std::ranges::min_element(values);
  m.high = *std::ranges::max_element(values);
  return m;
}

TEST(Initializer, FansAreThoseOfPytorch) {
  const Fans linear = fans_of({20, 30});
  EXPECT_EQ(linear.in, 30);
  EXPECT_EQ(linear.out, 20);
  const Fans conv = fans_of({8, 4, 3, 5});
  EXPECT_EQ(conv.in, 60);
  EXPECT_EQ(conv.out, 120);
  EXPECT_EQ(fans_of({7}).in, 1);
}

struct Spread {
  Json description;
  double bound;  ///< of a uniform distribution; 0: a normal one
  double deviation;
};

TEST(Initializer, SpreadsAsItsFormulaSays) {
  const Shape shape{400, 100};
  const Fans fans = fans_of(shape);
  const std::vector<Spread> cases = {
      {"default", 0.1, 0.1 / std::sqrt(3.0)},
      {{{"type", "kaimingUniform"}, {"a", std::sqrt(5.0)}}, 0.1, 0.1 / std::sqrt(3.0)},
      {"kaimingUniform", std::sqrt(6.0 / 100), std::sqrt(2.0 / 100)},
      {{{"type", "kaimingUniform"}, {"mode", "fanOut"}, {"nonlinearity", "tanh"}},
       5.0 / 3 * std::sqrt(3.0 / 400),
       5.0 / 3 / 20},
      {"kaimingNormal", 0, std::sqrt(2.0 / 100)},
      {{{"type", "kaimingNormal"}, {"nonlinearity", "selu"}}, 0, 0.075},
      {{{"type", "kaimingNormal"}, {"nonlinearity", "linear"}}, 0, 0.1},
      {"xavierUniform", std::sqrt(6.0 / 500), std::sqrt(2.0 / 500)},
      {{{"type", "xavierNormal"}, {"gain", 2}}, 0, 2 * std::sqrt(2.0 / 500)},
      {"lecunNormal", 0, 0.1},
      {{{"type", "uniform"}, {"a", -3}, {"b", 3}}, 3, std::sqrt(3.0)},
      {{{"type", "normal"}, {"std", 0.02}}, 0, 0.02},
  };
  for (const Spread& c : cases) {
    const Moments m = moments_of(filled(c.description, shape, fans));
    // 40,000 draws: the mean is within five of its own deviations, the deviation within three percent.
    EXPECT_NEAR(m.mean, 0, 5 * c.deviation / 200) << c.description;
    EXPECT_NEAR(m.deviation / c.deviation, 1, 0.03) << c.description;
    if (c.bound > 0) {
      EXPECT_GE(m.low, -c.bound * (1 + 1e-6)) << c.description;
      EXPECT_LE(m.high, c.bound * (1 + 1e-6)) << c.description;
      EXPECT_GT(m.high, 0.99 * c.bound) << c.description;
    } else {
      EXPECT_GT(m.high, 3 * c.deviation) << c.description;
    }
  }
}

TEST(Initializer, ABiasTakesTheFanOfItsWeight) {
  const Moments m = moments_of(filled("default", {5000}, {.in = 25, .out = 5000}));
  EXPECT_LE(m.high, 0.2 + 1e-6);
  EXPECT_GT(m.high, 0.19);
}

TEST(Initializer, FillsWithConstants) {
  EXPECT_EQ(filled("zeros", {3}, {}), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(filled("ones", {3}, {}), (std::vector<float>{1, 1, 1}));
  EXPECT_EQ(filled({{"type", "constant"}, {"value", 0.25}}, {2}, {}), (std::vector<float>{0.25, 0.25}));
}

TEST(Initializer, TruncatesNormalNumbers) {
  const Moments m = moments_of(filled({{"type", "truncatedNormal"}, {"std", 2}, {"a", -1}, {"b", 3}}, {20000}, {}));
  EXPECT_GE(m.low, -1);
  EXPECT_LE(m.high, 3);
  EXPECT_GT(m.high, 2.98);
  EXPECT_GT(m.deviation, 1);
  const Moments far = moments_of(filled({{"type", "truncatedNormal"}, {"a", 50}, {"b", 60}}, {10}, {}));
  EXPECT_EQ(far.low, 50);
  EXPECT_EQ(far.high, 50);
}

TEST(Initializer, MakesOrthonormalRowsOrColumns) {
  for (const Shape& shape : {Shape{6, 20}, Shape{20, 6}, Shape{7, 7}, Shape{4, 2, 3, 3}}) {
    const auto rows = static_cast<std::size_t>(shape[0]);
    const std::size_t columns = static_cast<std::size_t>(shape.size()) / rows;
    const std::vector<float> w = filled({{"type", "orthogonal"}, {"gain", 2}}, shape, {});
    const bool by_row = rows < columns;
    const std::size_t count = std::min(rows, columns);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        double dot = 0;
        for (std::size_t k = 0; k < std::max(rows, columns); ++k) {
          dot += by_row ? w[i * columns + k] * w[j * columns + k] : w[k * columns + i] * w[k * columns + j];
        }
        EXPECT_NEAR(dot, i == j ? 4 : 0, 1e-6);
      }
    }
  }
}

TEST(Initializer, DependsOnTheSeedAndTheNameAlone) {
  const auto a = filled("kaimingNormal", {5, 5}, {5, 5}, 1, "0.weight");
  EXPECT_EQ(a, filled("kaimingNormal", {5, 5}, {5, 5}, 1, "0.weight"));
  EXPECT_NE(a, filled("kaimingNormal", {5, 5}, {5, 5}, 2, "0.weight"));
  EXPECT_NE(a, filled("kaimingNormal", {5, 5}, {5, 5}, 1, "1.weight"));
}

TEST(Initializer, RefusesBadDescriptions) {
  const auto unknown = error_of([] { (void)parse_initializer("kaimingunifrom", "layers[0].init"); });
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->code, ErrorCode::unknown_layer);
  EXPECT_EQ(unknown->path, "layers[0].init");
  EXPECT_EQ(unknown->hint.argument, "kaimingUniform");
  const auto missing = error_of([] { (void)parse_initializer("constant", "init"); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->code, ErrorCode::missing_option);
  for (const char* type : {"uniform", "truncatedNormal"}) {
    const auto range = error_of([&] { (void)parse_initializer({{"type", type}, {"a", 2}, {"b", 1}}, "init"); });
    ASSERT_TRUE(range);
    EXPECT_EQ(range->path, "init.b");
  }
  const auto mode = error_of([] { (void)parse_initializer({{"type", "kaimingNormal"}, {"mode", "fan_in"}}, "init"); });
  ASSERT_TRUE(mode);
  EXPECT_EQ(mode->code, ErrorCode::invalid_value);
  EXPECT_EQ(mode->hint.argument, "fanIn");
}

TEST(Initializer, EveryKindFillsEveryElement) {
  const Json list = describe_initializers();
  EXPECT_EQ(list.size(), 13U);
  for (const Json& kind : list) {
    Json description{{"type", kind.at("name")}};
    if (kind.at("name") == "constant") description["value"] = 0.5;
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{17}, Shape{3, 5}, Shape{2, 3, 3, 3}}) {
      for (const float x : filled(description, shape, fans_of(shape))) {
        EXPECT_NE(x, 99.0F) << description;
        EXPECT_TRUE(std::isfinite(x)) << description;
      }
    }
  }
}

}  // namespace
}  // namespace trainyard
