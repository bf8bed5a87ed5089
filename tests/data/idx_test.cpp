#include "data/readers/idx.hpp"

#include <gtest/gtest.h>

#include <string>

#include "data/columns.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

using Text = std::string;

Text word(std::uint32_t n) {
  Text s;
  for (int shift = 24; shift >= 0; shift -= 8) s += static_cast<char>((n >> shift) & 255U);
  return s;
}

Text idx_file(int type, const std::vector<std::uint32_t>& sizes, const Text& data) {
  Text s = {0, 0, static_cast<char>(type), static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) s += word(size);
  return s + data;
}

Bytes bytes(const Text& s) { return Bytes::copy(std::as_bytes(std::span(s))); }

std::vector<double> numbers(int type, const Text& data, std::uint32_t rows) {
  IdxColumn idx = read_idx(bytes(idx_file(type, {rows}, data)), "file");
  const Dataset set = dataset(idx.rows, columns(std::move(idx.column)));
  std::vector<Row> order;
  for (Row r = 0; r < set.rows(); ++r) order.push_back(r);
  return gathered<double>(set, order, 0);
}

TEST(Idx, ReadsEveryType) {
  EXPECT_EQ(numbers(0x08, Text("\x00\x7F\xFF", 3), 3), (std::vector<double>{0, 127, 255}));
  EXPECT_EQ(numbers(0x09, Text("\x00\x7F\xFF", 3), 3), (std::vector<double>{0, 127, -1}));
  EXPECT_EQ(numbers(0x0B, Text("\x01\x02\xFF\xFE", 4), 2), (std::vector<double>{258, -2}));
  EXPECT_EQ(numbers(0x0C, word(70000) + word(0xFFFFFFFF), 2), (std::vector<double>{70000, -1}));
  EXPECT_EQ(numbers(0x0D, word(0x3FC00000) + word(0xC0490FDB), 2), (std::vector<double>{1.5, -3.1415927410125732}));
  EXPECT_EQ(numbers(0x0E, word(0x3FF80000) + word(0), 1), (std::vector<double>{1.5}));
}

TEST(Idx, ImagesHaveAChannelAndAreScaled) {
  const Dataset data = idx_dataset(bytes(idx_file(0x08, {2, 1, 2}, Text("\x00\xFF\x33\x66", 4))),
                                   bytes(idx_file(0x08, {2}, Text("\x07\x01", 2))));
  EXPECT_EQ(data.columns()[0].shape, (Shape{1, 1, 2}));
  EXPECT_EQ(data.columns()[0].dtype, DType::u8);
  const auto pixels = gathered<float>(data, {1, 0}, 0);
  EXPECT_FLOAT_EQ(pixels[0], 0.2F);
  EXPECT_FLOAT_EQ(pixels[1], 0.4F);
  EXPECT_EQ(pixels[2], 0);
  EXPECT_FLOAT_EQ(pixels[3], 1);
  EXPECT_EQ(gathered<std::int32_t>(data, {0, 1}, 1), (std::vector<std::int32_t>{7, 1}));
  EXPECT_EQ(data.info()["targets"]["y"]["classes"], 8);
}

TEST(Idx, VectorsAndColourImagesKeepTheirAxes) {
  const Dataset vectors =
      idx_dataset(bytes(idx_file(0x08, {1, 3}, "abc")), bytes(idx_file(0x08, {1}, "\x01")), {.scale = 1});
  EXPECT_EQ(vectors.columns()[0].shape, (Shape{3}));
  EXPECT_EQ(gathered<float>(vectors, {0}, 0), (std::vector<float>{97, 98, 99}));
  const Dataset colour = idx_dataset(bytes(idx_file(0x08, {1, 3, 1, 2}, "abcdef")), bytes(idx_file(0x08, {1}, "\x01")));
  EXPECT_EQ(colour.columns()[0].shape, (Shape{3, 1, 2}));
}

TEST(Idx, PixelsAreNotCopied) {
  Bytes file = bytes(idx_file(0x08, {2, 2}, "abcd"));
  const std::byte* place = file.data();
  const IdxColumn idx = read_idx(std::move(file), "x");
  EXPECT_EQ(idx.column.bytes.data(), place);
  EXPECT_EQ(idx.column.offset, 12U);
}

struct Bad {
  Text file;
  ErrorCode code;
  Text hint;
};

TEST(Idx, RefusesBadFiles) {
  const Text good = idx_file(0x08, {2, 2}, "abcd");
  const auto changed = [&](std::size_t at, int byte) {
    Text file = good;
    file[at] = static_cast<char>(byte);
    return file;
  };
  const std::vector<Bad> cases = {
      {"", ErrorCode::bad_file, "0"},
      {Text(1, '\0'), ErrorCode::bad_file, "1"},
      {changed(0, 1), ErrorCode::bad_file, "0"},
      {changed(1, 0x50), ErrorCode::bad_file, "1"},
      {changed(2, 0x00), ErrorCode::bad_file, "2"},
      {changed(2, 0x0A), ErrorCode::bad_file, "2"},
      {changed(2, 0xFF), ErrorCode::bad_file, "2"},
      {changed(3, 0), ErrorCode::bad_file, "3"},
      {changed(3, 5), ErrorCode::bad_file, "3"},
      {changed(3, 255), ErrorCode::bad_file, "3"},
      {good + "e", ErrorCode::bad_file, "16"},
      {idx_file(0x08, {0, 2}, ""), ErrorCode::empty_data, ""},
      {idx_file(0x08, {2, 0}, ""), ErrorCode::bad_file, "8"},
      {idx_file(0x08, {3, 2}, "abcd"), ErrorCode::bad_file, "16"},
      {idx_file(0x08, {65536, 65536, 4}, "abcd"), ErrorCode::bad_file, "12"},
      {idx_file(0x0E, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, "abcd"), ErrorCode::bad_file, "8"},
      {idx_file(0x08, {0x80000000, 2}, "abcd"), ErrorCode::bad_file, "16"},
      {idx_file(0x08, {0x7FFFFFFF}, "abcd"), ErrorCode::bad_file, "12"},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto error = error_of([&] { (void)read_idx(bytes(cases[i].file), "images"); });
    ASSERT_TRUE(error) << i;
    EXPECT_EQ(error->code, cases[i].code) << i << " " << error->what();
    EXPECT_EQ(error->path, "images") << i;
    EXPECT_EQ(error->hint.argument, cases[i].hint) << i << " " << error->what();
  }
  const auto zipped = error_of([] { (void)read_idx(bytes("\x1F\x8B\x08\x01 more"), "images"); });
  ASSERT_TRUE(zipped);
  EXPECT_EQ(zipped->hint.key, "gzipped");
}

TEST(Idx, AFileCutAnywhereIsRefused) {
  for (const int type : {0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E}) {
    const std::size_t size = type < 0x0B ? 1 : type == 0x0B ? 2 : type == 0x0E ? 8 : 4;
    const Text file = idx_file(type, {2, 3}, Text(6 * size, '\x01'));
    ASSERT_FALSE(error_of([&] { (void)read_idx(bytes(file), "x"); }));
    for (std::size_t n = 0; n < file.size(); ++n) {
      const auto error = error_of([&] { (void)read_idx(bytes(file.substr(0, n)), "x"); });
      ASSERT_TRUE(error) << n;
      EXPECT_EQ(error->code, ErrorCode::bad_file);
      EXPECT_EQ(error->hint.argument, std::to_string(n));
    }
  }
}

TEST(Idx, ChangedHeadersAreReadOrRefusedAndNothingElse) {
  const Text file = idx_file(0x0D, {2, 2}, Text(16, '\x01'));
  for (std::size_t i = 0; i < 12; ++i) {
    for (int b = 0; b < 256; ++b) {
      Text changed = file;
      changed[i] = static_cast<char>(b);
      const auto error = error_of([&] { (void)read_idx(bytes(changed), "x"); });
      ASSERT_TRUE(!error || error->code == ErrorCode::bad_file || error->code == ErrorCode::empty_data);
      ASSERT_EQ(!error, b == static_cast<unsigned char>(file[i]) || (i == 2 && b == 0x0C)) << i << " " << b;
    }
  }
}

TEST(Idx, ImagesAndLabelsMustBelongTogether) {
  const Text images = idx_file(0x08, {2, 2}, "abcd");
  const auto fewer = error_of([&] { (void)idx_dataset(bytes(images), bytes(idx_file(0x08, {1}, "\x01"))); });
  ASSERT_TRUE(fewer);
  EXPECT_EQ(fewer->code, ErrorCode::shape_mismatch);
  EXPECT_EQ(fewer->path, "labels");
  EXPECT_EQ(fewer->expected, "[2]");
  EXPECT_EQ(fewer->got, "[1]");
  const auto swapped = error_of([&] { (void)idx_dataset(bytes(idx_file(0x08, {2}, "ab")), bytes(images)); });
  ASSERT_TRUE(swapped);
  EXPECT_EQ(swapped->path, "labels");
  const auto nan = error_of(
      [&] { (void)idx_dataset(bytes(idx_file(0x0D, {1, 1}, word(0x7FC00000))), bytes(idx_file(0x08, {1}, "\x01"))); });
  ASSERT_TRUE(nan);
  EXPECT_EQ(nan->code, ErrorCode::invalid_data);
  EXPECT_EQ(nan->path, "x[0, 0]");
}

}  // namespace
}  // namespace trainyard
