// Data sets of every make come out of a pack as they went in.
#include <gtest/gtest.h>

#include <numeric>

#include "data/columns.hpp"
#include "data/pack.hpp"
#include "data/windows.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

Dataset through(const Dataset& data) {
  const Packed packed = pack(data);
  std::vector<Bytes> copies;
  for (const auto buffer : packed.buffers) copies.push_back(Bytes::copy(buffer));
  return unpack(parse_json(packed.description.dump(), "packed"), copies);
}

void expect_same(const Dataset& data) {
  const Dataset other = through(data);
  ASSERT_EQ(other.info(), data.info());
  std::vector<Row> rows(data.rows());
  std::iota(rows.begin(), rows.end(), Row{0});
  for (std::size_t i = 0; i < data.columns().size(); ++i) {
    const auto size = rows.size() * static_cast<std::size_t>(data.columns()[i].shape.size());
    std::vector<float> ours(size);
    std::vector<float> theirs(size);
    data.gather(rows, i, {ours.data()});
    other.gather(rows, i, {theirs.data()});
    EXPECT_EQ(theirs, ours) << i;
  }
  std::vector<float> ours(rows.size());
  std::vector<float> theirs(rows.size());
  data.gather_weights(rows, {ours.data()});
  other.gather_weights(rows, {theirs.data()});
  EXPECT_EQ(theirs, ours);
}

TEST(Pack, KeepsTypesScalesWeightsAndParts) {
  std::vector<Column> inputs;
  inputs.push_back(column<float>("x", {2}, {1, 2, 3, 4, 5, 6}, {{0.1, 2.5}, {1.0 / 3, -7}}));
  inputs.push_back(column<std::uint8_t>("pixels", {}, {7, 8, 9}, {{1.0 / 255}, {0}}));
  std::vector<Column> targets;
  targets.push_back(column<std::int32_t>("y", {}, {2, 0, 1}));
  const Dataset data = dataset(3, std::move(inputs), std::move(targets), bytes_of(std::vector<float>{1, 0, 0.5}));
  expect_same(data);
  expect_same(data.subset(std::vector<Row>{2, 0}));
}

TEST(Pack, KeepsWindowsAsWindows) {
  for (const std::int64_t bound : {200, 60'000, 100'000}) {
    auto ids = std::make_shared<Tape>(bound);
    for (std::int32_t i = 0; i < 70'000; ++i) ids->push(static_cast<std::int32_t>(i % bound));
    ids->trim();
    const Windows windows = token_windows(ids, {.length = 50, .stride = 49, .val = 0.1});
    expect_same(windows.train);
    expect_same(*windows.val);
    EXPECT_EQ(pack(windows.train).buffers.size(), 2U) << "x and y share two blocks of ids";
  }
  std::vector<float> values(40);
  std::iota(values.begin(), values.end(), 0.0F);
  const Dataset series = series_windows(bytes_of(values), {.length = 3, .horizon = 2, .stride = 2, .features = 2});
  expect_same(series);
  EXPECT_EQ(pack(series).buffers.size(), 1U);
}

TEST(Pack, RefusesWhatIsNone) {
  const Dataset data = dataset(2, [] {
    std::vector<Column> list;
    list.push_back(column<float>("x", {2}, {1, 2, 3, 4}));
    return list;
  }());
  const Dataset second = data.subset(std::vector<Row>{1});
  const Packed packed = pack(second);
  const auto refused = [&](const Json& changes) {
    Json description = packed.description;
    description.merge_patch(changes);
    std::vector<Bytes> copies;
    for (const auto buffer : packed.buffers) copies.push_back(Bytes::copy(buffer));
    return error_of([&] { (void)unpack(description, copies); });
  };
  EXPECT_FALSE(refused(Json::object()));
  EXPECT_TRUE(refused({{"rows", 1}}));
  EXPECT_TRUE(refused({{"rows", 3}}));
  EXPECT_TRUE(refused({{"picked", 7}}));
  EXPECT_TRUE(refused({{"picked", 0}})) << "rows that there are not";
}

}  // namespace
}  // namespace trainyard
