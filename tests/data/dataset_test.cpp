#include "data/dataset.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "data/columns.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

using Floats = std::vector<float>;
using Ints = std::vector<std::int32_t>;
using Bits = std::vector<std::uint8_t>;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

TEST(Dataset, GathersRowsInAnyOrder) {
  const Dataset data =
      dataset(3, columns(column("x", {2}, Floats{0, 1, 10, 11, 20, 21})), columns(column("y", {}, Ints{5, 6, 7})));
  EXPECT_EQ(data.rows(), 3U);
  EXPECT_EQ(data.inputs(), 1U);
  EXPECT_EQ(data.find("y"), 1U);
  EXPECT_EQ(data.find("z"), 2U);
  EXPECT_EQ(gathered<float>(data, {2, 0, 2}, 0), (Floats{20, 21, 0, 1, 20, 21}));
  EXPECT_EQ(gathered<std::int32_t>(data, {1}, 1), Ints{6});
}

TEST(Dataset, ConvertsEveryTypeToEveryOther) {
  const Dataset data = dataset(
      2, columns(column("f", {}, Floats{3, 250}), column("i", {}, Ints{3, 250}), column("u", {}, Bits{3, 250})));
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(gathered<float>(data, {1, 0}, c), (Floats{250, 3}));
    EXPECT_EQ(gathered<double>(data, {1, 0}, c), (std::vector<double>{250, 3}));
    EXPECT_EQ(gathered<std::int32_t>(data, {1, 0}, c), (Ints{250, 3}));
    EXPECT_EQ(gathered<std::uint8_t>(data, {1, 0}, c), (Bits{250, 3}));
  }
}

TEST(Dataset, FloatsThatFitNoIntegerAreClamped) {
  const Dataset data = dataset(3, columns(column("f", {}, Floats{3e9F, -3e9F, 1.5F})));
  const Ints out = gathered<std::int32_t>(data, {0, 1, 2}, 0);
  EXPECT_EQ(out[0], std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(out[2], 1);
}

TEST(Dataset, ScalesPixelsWhenTheyAreGathered) {
  const Dataset data = dataset(2, columns(column("x", {3}, Bits{0, 128, 255, 255, 0, 1}, {{1.0 / 255}, {-0.5}})));
  const auto out = gathered<float>(data, {1, 0}, 0);
  EXPECT_FLOAT_EQ(out[0], 0.5F);
  EXPECT_FLOAT_EQ(out[1], -0.5F);
  EXPECT_FLOAT_EQ(out[4], 128.0F / 255 - 0.5F);
  EXPECT_EQ(gathered<double>(data, {1}, 0)[2], 1 * (1.0 / 255) - 0.5);
}

TEST(Dataset, ScalesRowsOfEveryLength) {
  for (std::int64_t size = 1; size < 20; ++size) {
    std::vector<std::uint8_t> pixels;
    for (std::int64_t i = 0; i < 2 * size; ++i) pixels.push_back(static_cast<std::uint8_t>(37 * i + 200));
    const Dataset data = dataset(2, columns(column("x", {size}, pixels, {{0.25}, {-3}})));
    const auto out = gathered<float>(data, {1, 0}, 0);
    for (std::int64_t i = 0; i < size; ++i) {
      EXPECT_EQ(out[static_cast<std::size_t>(i)],
                static_cast<float>(pixels[static_cast<std::size_t>(size + i)]) / 4 - 3);
      EXPECT_EQ(out[static_cast<std::size_t>(size + i)],
                static_cast<float>(pixels[static_cast<std::size_t>(i)]) / 4 - 3);
    }
  }
}

TEST(Dataset, ScalesEachChannelByItsOwn) {
  const Dataset data = dataset(1, columns(column("x", {2, 1, 2}, Bits{1, 2, 3, 4}, {{10, 100}, {0, 1}})));
  EXPECT_EQ(gathered<float>(data, {0}, 0), (Floats{10, 20, 301, 401}));
}

TEST(Dataset, GathersFromBehindAHeader) {
  Column c = column("x", {2}, Bits{9, 9, 9, 1, 2, 3, 4});
  c.offset = 3;
  EXPECT_EQ(gathered<float>(dataset(2, columns(std::move(c))), {1, 0}, 0), (Floats{3, 4, 1, 2}));
}

TEST(Dataset, KeepsAdoptedMemoryAndFreesItOnce) {
  static int freed = 0;
  static std::array<float, 4> memory{1, 2, 3, 4};
  {
    Column c{
        .name = "x",
        .shape = {2},
        .dtype = DType::f32,
        .bytes = Bytes::adopt(reinterpret_cast<std::byte*>(memory.data()), sizeof(memory), [](std::byte*) { ++freed; }),
        .map = {}};
    const Dataset data = dataset(2, columns(std::move(c)));
    const Dataset part = data.subset(std::vector<Row>{1});
    memory[3] = 7;
    EXPECT_EQ(gathered<float>(part, {0}, 0), (Floats{3, 7}));
    EXPECT_EQ(freed, 0);
  }
  EXPECT_EQ(freed, 1);
}

TEST(Dataset, SubsetsOfSubsetsNumberTheirOwnRows) {
  const Dataset data = dataset(5, columns(column("x", {}, Floats{0, 1, 2, 3, 4})), {}, bytes_of(Floats{1, 2, 3, 4, 5}));
  const Dataset part = data.subset(std::vector<Row>{4, 2, 0}).subset(std::vector<Row>{2, 0});
  EXPECT_EQ(part.rows(), 2U);
  EXPECT_EQ(gathered<float>(part, {0, 1}, 0), (Floats{0, 4}));
  std::vector<double> weights(2);
  part.gather_weights(std::vector<Row>{1, 0}, {weights.data(), DType::f32, Precision::f64});
  EXPECT_EQ(weights, (std::vector<double>{5, 1}));
}

TEST(Dataset, RowsWithoutWeightsCountOne) {
  const Dataset data = dataset(2, columns(column("x", {}, Floats{0, 1})));
  Floats weights(2);
  data.gather_weights(std::vector<Row>{1, 0}, {weights.data()});
  EXPECT_FALSE(data.weighted());
  EXPECT_EQ(weights, (Floats{1, 1}));
}

TEST(Dataset, TellsLabelsFromMeasurements) {
  const Dataset data = dataset(3, columns(column("x", {}, Floats{0, 1, 2.5F})),
                               columns(column("a", {}, Floats{0, 2, 1}), column("b", {}, Ints{0, 6, 1}),
                                       column("c", {}, Bits{0, 1, 1}, {{2}, {0}})));
  EXPECT_FALSE(data.integral(0));
  EXPECT_TRUE(data.integral(1));
  EXPECT_EQ(data.classes(1), 3);
  EXPECT_EQ(data.classes(2), 7);
  EXPECT_FALSE(data.integral(3));  // scaled: measurements
  EXPECT_EQ(data.info(), parse_json(R"({"rows": 3, "inputs": {"x": {"shape": [], "dtype": "f32"}},
    "targets": {"a": {"shape": [], "dtype": "f32"}, "b": {"shape": [], "dtype": "i32", "classes": 7},
                "c": {"shape": [], "dtype": "u8", "classes": 2}}})",
                                    ""));
}

TEST(Dataset, ChecksLabels) {
  const Dataset data = dataset(3, columns(column("x", {}, Floats{0, 1, 2})),
                               columns(column("id", {}, Ints{0, 2, 1}), column("word", {2}, Ints{0, 1, 2, -1, 0, 0}),
                                       column("half", {}, Floats{0, 1, 0.5F})));
  data.check_labels(1, 3);
  const auto large = error_of([&] { data.check_labels(1, 2); });
  ASSERT_TRUE(large);
  EXPECT_EQ(large->code, ErrorCode::invalid_label);
  EXPECT_EQ(large->path, "id[1]");
  EXPECT_EQ(large->expected, "[0, 2)");
  EXPECT_EQ(large->got, "2");
  const auto negative = error_of([&] { data.check_labels(2, 3); });
  ASSERT_TRUE(negative);
  EXPECT_EQ(negative->path, "word[1, 1]");
  EXPECT_EQ(negative->got, "-1");
  const auto fraction = error_of([&] { data.check_labels(3, 3); });
  ASSERT_TRUE(fraction);
  EXPECT_EQ(fraction->path, "half[2]");
  EXPECT_EQ(fraction->got, "0.5");
  const auto in_part = error_of([&] { data.subset(std::vector<Row>{0, 1}).check_labels(1, 2); });
  ASSERT_TRUE(in_part);
  EXPECT_EQ(in_part->path, "id[1]");
}

struct Bad {
  std::function<void()> make;
  ErrorCode code;
  std::string path;
  std::string got;
};

TEST(Dataset, RefusesBadData) {
  const std::vector<Bad> cases = {
      {[] { dataset(0, columns(column("x", {}, Floats{}))); }, ErrorCode::empty_data, "", "0"},
      {[] { dataset(2, columns(column("x", {2}, Floats{1, 2, 3}))); }, ErrorCode::shape_mismatch, "x", "12 B"},
      {[] { dataset(2, columns(column("x", {}, Floats{1, 2})), columns(column("y", {}, Ints{1, 2, 3}))); },
       ErrorCode::shape_mismatch, "y", "12 B"},
      {[] { dataset(2, columns(column("x", {65536, 65536, 4}, Floats{1, 2}))); }, ErrorCode::shape_mismatch, "x",
       "8 B"},
      {[] { dataset(4000000000, columns(column("x", {std::int64_t{1} << 53}, Floats{}))); }, ErrorCode::shape_mismatch,
       "x", "0 B"},
      {[] { dataset(2, columns(column("x", {}, Floats{1, 2}), column("x", {}, Floats{1, 2}))); },
       ErrorCode::invalid_value, "x", "x"},
      {[] { dataset(2, columns(column("x", {}, Floats{1, nan}))); }, ErrorCode::invalid_data, "x[1]", "NaN"},
      {[] { dataset(2, columns(column("x", {2, 2}, Floats{1, 2, 3, 4, 5, 6, infinity, 8}))); }, ErrorCode::invalid_data,
       "x[1, 1, 0]", "Infinity"},
      {[] { dataset(1, columns(column("x", {}, Floats{1})), columns(column("y", {}, Floats{-infinity}))); },
       ErrorCode::invalid_data, "y[0]", "-Infinity"},
      {[] { dataset(1, columns(column("x", {3}, Floats{1, 2, 3}, {{1, 2}, {0, 0}}))); }, ErrorCode::shape_mismatch,
       "x.scale", "2"},
      {[] { dataset(1, columns(column("x", {}, Floats{1}, {{std::nan("")}, {0}}))); }, ErrorCode::invalid_value,
       "x.scale", "NaN"},
      {[] { dataset(2, columns(column("x", {}, Floats{1, 2})), {}, bytes_of(Floats{1})); }, ErrorCode::shape_mismatch,
       "weights", "4 B"},
      {[] { dataset(2, columns(column("x", {}, Floats{1, 2})), {}, bytes_of(Floats{1, -1})); },
       ErrorCode::invalid_value, "weights[1]", "-1"},
      {[] { dataset(2, columns(column("x", {}, Floats{1, 2})), {}, bytes_of(Floats{nan, 1})); },
       ErrorCode::invalid_value, "weights[0]", "NaN"},
      {[] { dataset(2, columns(column("x", {}, Floats{1, 2})), {}, bytes_of(Floats{0, 0})); }, ErrorCode::invalid_value,
       "weights", "0"},
      {[] { (void)dataset(2, columns(column("x", {}, Floats{1, 2}))).subset({}); }, ErrorCode::empty_data, "", "0"},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto error = error_of(cases[i].make);
    ASSERT_TRUE(error) << i;
    EXPECT_EQ(error->code, cases[i].code) << i << " " << error->what();
    EXPECT_EQ(error->path, cases[i].path) << i;
    EXPECT_EQ(error->got, cases[i].got) << i;
  }
}

}  // namespace
}  // namespace trainyard
