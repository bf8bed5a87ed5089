#include "data/windows.hpp"

#include <gtest/gtest.h>

#include "data/build.hpp"
#include "data/columns.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

using Ints = std::vector<std::int32_t>;
using Floats = std::vector<float>;

std::shared_ptr<const Tape> tape(std::int64_t count, std::int64_t bound) {
  auto ids = std::make_shared<Tape>(bound);
  for (std::int64_t i = 0; i < count; ++i) ids->push(static_cast<std::int32_t>(i % bound));
  return ids;
}

TEST(TokenWindows, OverlapAndTheTargetIsOneFurther) {
  for (const std::int64_t bound : {200, 1000, 100'000}) {
    const auto [train, val] = token_windows(tape(100, bound), {.length = 4, .stride = 3, .val = 0.2});
    EXPECT_EQ(train.rows(), 26U);  // starts 0, 3, …, 75: the last target is 79
    EXPECT_EQ(gathered<std::int32_t>(train, {25, 0}, 0), (Ints{75, 76, 77, 78, 0, 1, 2, 3}));
    EXPECT_EQ(gathered<std::int32_t>(train, {25, 0}, 1), (Ints{76, 77, 78, 79, 1, 2, 3, 4}));
    EXPECT_EQ(gathered<float>(train, {1}, 0), (Floats{3, 4, 5, 6}));
    EXPECT_EQ(gathered<double>(train, {1}, 0), (std::vector<double>{3, 4, 5, 6}));
    EXPECT_EQ(val->rows(), 4U);  // side by side, from 80 on
    EXPECT_EQ(gathered<std::int32_t>(*val, {0, 3}, 1), (Ints{81, 82, 83, 84, 93, 94, 95, 96}));
    EXPECT_EQ(train.columns()[0].dtype, DType::i32);
    EXPECT_EQ(train.columns()[0].shape, Shape{4});
  }
}

TEST(TokenWindows, NoneReachesAcrossTheBorder) {
  for (std::int64_t size = 30; size < 60; ++size) {
    for (std::int64_t stride = 1; stride < 7; ++stride) {
      const auto [train, val] = token_windows(tape(size, 1000), {.length = 5, .stride = stride, .val = 12});
      EXPECT_LT(gathered<std::int32_t>(train, {train.rows() - 1}, 1)[4], size - 12);
      EXPECT_GE(gathered<std::int32_t>(train, {train.rows() - 1}, 1)[4] + stride, size - 12);
      EXPECT_EQ(gathered<std::int32_t>(*val, {0}, 0)[0], size - 12);
      EXPECT_EQ(val->rows(), 2U);
    }
  }
}

TEST(TokenWindows, WithoutValidationAllIsForTraining) {
  const auto [train, val] = token_windows(tape(11, 256), {.length = 10, .val = 0});
  EXPECT_EQ(train.rows(), 1U);
  EXPECT_FALSE(val);
}

TEST(TokenWindows, ATextThatIsTooShortIsRefused) {
  const auto refused = [](std::int64_t size, const WindowOptions& options) {
    return error_of([&] { (void)token_windows(tape(size, 256), options); }).value();
  };
  EXPECT_EQ(refused(10, {.length = 10, .val = 0}).code, ErrorCode::empty_data);
  EXPECT_EQ(refused(10, {.length = 10, .val = 0}).path, "text");
  EXPECT_EQ(refused(10, {.length = 10, .val = 0}).expected, ">= 11");
  EXPECT_EQ(refused(0, {.length = 1, .val = 0}).code, ErrorCode::empty_data);
  EXPECT_EQ(refused(100, {.length = 10, .val = 0.1}).path, "windows.val");
  EXPECT_EQ(refused(100, {.length = 10, .val = 0.1}).hint.key, "hold_out_more");
  EXPECT_EQ(refused(10, {.length = 10, .val = 0}).hint.key, "shorter_window");
  EXPECT_EQ(refused(100, {.length = 10, .val = 0.999}).got, "100") << "ids, not the share";
  EXPECT_EQ(refused(100, {.length = 10, .val = 95}).path, "text");
  EXPECT_EQ(refused(100, {.length = 10, .val = 100}).path, "windows.val");
  EXPECT_EQ(refused(100, {.length = 10, .val = 11.5}).path, "windows.val");
}

/// Each id is looked at once: 50 million of them in windows of 100,000, one place apart, would take hours otherwise.
TEST(TokenWindows, LabelsAreCheckedInTheTimeOfTheIds) {
  const auto [train, val] = token_windows(tape(300'000, 256), {.length = 100'000, .stride = 1, .val = 0});
  EXPECT_FALSE(error_of([&, &data = train] { data.check_labels(1, 256); }));
  const auto error = error_of([&, &data = train] { data.check_labels(1, 255); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->path, "y[0, 254]");
}

TEST(TokenWindows, TheRowOfABadLabelIsTheFirstThatHasIt) {
  auto ids = std::make_shared<Tape>(256);
  for (int i = 0; i < 50; ++i) ids->push(i == 30 ? 9 : 1);
  for (const std::int64_t stride : {1, 2, 3, 4, 7}) {
    const auto [train, val] = token_windows(ids, {.length = 4, .stride = stride, .val = 0});
    const auto error = error_of([&, &data = train] { data.check_labels(0, 5); });
    Row first = 0;
    while (first < train.rows() && (first * stride > 30 || first * stride + 3 < 30)) ++first;
    if (first == train.rows()) {
      EXPECT_FALSE(error) << stride;  // between two windows
    } else {
      EXPECT_EQ(error->path, "x[" + std::to_string(first) + ", " + std::to_string(30 - first * stride) + "]") << stride;
    }
    // Parts in any order are checked too.
    const Row odd[] = {first, 0, first > 0 ? first - 1 : 0};
    if (first < train.rows()) {
      EXPECT_TRUE(error_of([&, &data = train] { data.subset(odd).check_labels(0, 5); }));
    }
  }
}

TEST(SeriesWindows, SeeSoManyStepsAndForetellTheNext) {
  Floats values;
  for (int step = 0; step < 10; ++step) {
    values.push_back(static_cast<float>(step));
    values.push_back(static_cast<float>(100 + step));
  }
  const auto data = series_windows(bytes_of(values), {.length = 3, .horizon = 2, .stride = 2, .features = 2});
  EXPECT_EQ(data.rows(), 3U);
  EXPECT_EQ(data.columns()[0].shape, (Shape{3, 2}));
  EXPECT_EQ(data.columns()[1].shape, Shape{4});
  EXPECT_EQ(gathered<float>(data, {2}, 0), (Floats{4, 104, 5, 105, 6, 106}));
  EXPECT_EQ(gathered<float>(data, {2}, 1), (Floats{7, 107, 8, 108}));
}

TEST(SeriesWindows, RefusesWhatDoesNotFit) {
  const Floats values(10);
  const auto refused = [&](const SeriesOptions& options) {
    return error_of([&] { (void)series_windows(bytes_of(values), options); }).value().code;
  };
  EXPECT_EQ(refused({.length = 10}), ErrorCode::empty_data);
  EXPECT_EQ(refused({.length = 2, .horizon = 1, .stride = 1, .features = 3}), ErrorCode::shape_mismatch);
  Floats bad(10);
  bad[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error_of([&] { (void)series_windows(bytes_of(bad), {.length = 3}); })->code, ErrorCode::invalid_data);
  std::vector<Bytes> buffers;
  buffers.push_back(bytes_of(values));
  const Json d = parse_json(R"({"kind": "series", "values": {"buffer": 0}, "length": 4, "horizon": 2})", "");
  EXPECT_EQ(build_dataset(d, buffers).rows(), 5U);
}

}  // namespace
}  // namespace trainyard
