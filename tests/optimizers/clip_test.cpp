#include "optimizers/clip.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "golden/golden.hpp"

namespace trainyard {
namespace {

double squared_norm(const std::vector<double>& x) {
  std::vector<double> partial(static_cast<std::size_t>(norm_blocks(std::ssize(x))));
  squared_norms(x.data(), std::ssize(x), 0, std::ssize(partial), partial.data());
  return std::accumulate(partial.begin(), partial.end(), 0.0);
}

TEST(Clip, ScalesAsPytorch) {
  const Json document = golden::read_json(std::string(golden::folder) + "/optimizers.json");
  std::vector<double> gradient = golden::read_tensor(document.at("gradients")).values;
  gradient.resize(golden::read_tensor(document.at("start")).values.size());
  for (const Json& one : document.at("clipping")) {
    EXPECT_NEAR(std::sqrt(squared_norm(gradient)), one.at("norm").get<double>(), 1e-14);
    const double scale = clip_scale(squared_norm(gradient), one.at("maxNorm"));
    const std::vector<double> clipped = golden::read_tensor(one.at("clipped")).values;
    for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(gradient[i] * scale, clipped[i], 1e-14);
  }
}

TEST(Clip, SumsSquaresOfEverySize) {
  for (const std::int64_t n : {0, 1, 7, 8, 9, 15, 4095, 4096, 4097, 10000}) {
    std::vector<double> x(static_cast<std::size_t>(n));
    double expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = std::sin(static_cast<double>(i));
      expected += x[i] * x[i];
    }
    EXPECT_NEAR(squared_norm(x), expected, 1e-12 * (1 + expected)) << n;
  }
}

TEST(Clip, BlocksGiveTheSameBitsInAnyCut) {
  std::vector<float> x(5 * norm_block + 123);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i));
  const std::int64_t blocks = norm_blocks(std::ssize(x));
  ASSERT_EQ(blocks, 6);
  std::vector<double> whole(6), pieces(6);
  squared_norms(x.data(), std::ssize(x), 0, blocks, whole.data());
  for (std::int64_t b = blocks; b-- > 0;) squared_norms(x.data(), std::ssize(x), b, b + 1, pieces.data());
  EXPECT_EQ(whole, pieces);
}

TEST(Clip, LeavesSmallGradientsAndNoLimitAlone) {
  EXPECT_EQ(clip_scale(4, 3), 1);
  EXPECT_EQ(clip_scale(4, 0), 1);
  EXPECT_EQ(clip_scale(0, 1), 1);
  EXPECT_LT(clip_scale(4, 1), 0.5);
}

}  // namespace
}  // namespace trainyard
