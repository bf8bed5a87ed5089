#include "data/split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "data/columns.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

/// Row i holds the number i and the label i % 4, but for the last ten rows, which are of class 9.
Dataset numbered(Row rows) {
  std::vector<float> x(rows);
  std::iota(x.begin(), x.end(), 0.0F);
  std::vector<std::int32_t> y(rows);
  for (Row i = 0; i < rows; ++i) y[i] = i + 10 >= rows ? 9 : static_cast<std::int32_t>(i % 4);
  return dataset(rows, columns(column("x", {}, x)), columns(column("y", {}, y)));
}

std::vector<float> numbers_of(const Dataset& data) {
  std::vector<Row> rows(data.rows());
  std::iota(rows.begin(), rows.end(), Row{0});
  return gathered<float>(data, rows, 0);
}

TEST(Split, EveryRowIsInOnePart) {
  const Dataset data = numbered(103);
  for (const bool stratify : {false, true}) {
    for (const double val : {0.2, 0.5, 1.0, 40.0, 102.0, 0.001, 0.9999}) {
      const auto [train, validation] = split(data, {.val = val, .seed = 3, .stratify = stratify});
      std::vector<float> all = numbers_of(train);
      const std::vector<float> rest = numbers_of(validation);
      EXPECT_TRUE(std::ranges::is_sorted(all));
      EXPECT_TRUE(std::ranges::is_sorted(rest));
      all.insert(all.end(), rest.begin(), rest.end());
      std::ranges::sort(all);
      EXPECT_EQ(all, numbers_of(data)) << val;
      const double expected = val < 1 ? std::clamp(val * 103, 1.0, 102.0) : val;
      EXPECT_NEAR(validation.rows(), expected, 0.5) << val;
    }
  }
}

TEST(Split, DependsOnTheSeed) {
  const Dataset data = numbered(100);
  const auto first = numbers_of(split(data, {.seed = 1}).second);
  EXPECT_EQ(first, numbers_of(split(data, {.seed = 1}).second));
  EXPECT_NE(first, numbers_of(split(data, {.seed = 2}).second));
}

TEST(Split, WithoutShufflingTheLastRowsValidate) {
  const auto [train, validation] = split(numbered(10), {.val = 3, .shuffle = false});
  EXPECT_EQ(numbers_of(validation), (std::vector<float>{7, 8, 9}));
  EXPECT_EQ(train.rows(), 7U);
}

TEST(Split, StratifiedPartsHaveTheSameShares) {
  const Dataset data = numbered(90);  // 20 of each of four classes and ten of the fifth
  const auto [train, validation] = split(data, {.val = 0.3, .seed = 5, .stratify = true});
  const auto count = [](const Dataset& part, std::int32_t label) {
    std::vector<Row> rows(part.rows());
    std::iota(rows.begin(), rows.end(), Row{0});
    return std::ranges::count(gathered<std::int32_t>(part, rows, 1), label);
  };
  for (const std::int32_t label : {0, 1, 2, 3}) EXPECT_EQ(count(validation, label), 6);
  EXPECT_EQ(count(validation, 9), 3);
}

TEST(Split, RefusesBadOptions) {
  const Dataset data = numbered(20);
  for (const double val : {20.0, 1.5, 1e9}) {
    const auto error = error_of([&] { (void)split(data, {.val = val}); });
    ASSERT_TRUE(error) << val;
    EXPECT_EQ(error->code, ErrorCode::invalid_value);
    EXPECT_EQ(error->path, "val");
  }
  const auto negative = error_of([] { (void)parse_options<SplitOptions>({{"val", -0.1}}, "split"); });
  ASSERT_TRUE(negative);
  const auto one = error_of([&] { (void)split(data.subset(std::vector<Row>{0}), {}); });
  ASSERT_TRUE(one);
  EXPECT_EQ(one->code, ErrorCode::empty_data);
  const Dataset measured = dataset(2, columns(column("x", {}, std::vector<float>{1, 2})),
                                   columns(column("y", {}, std::vector<float>{0.5, 1})));
  const auto classes = error_of([&] { (void)split(measured, {.stratify = true}); });
  ASSERT_TRUE(classes);
  EXPECT_EQ(classes->path, "stratify");
}

}  // namespace
}  // namespace trainyard
