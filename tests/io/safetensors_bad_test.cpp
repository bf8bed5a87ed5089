// Files that are cut, malformed or contradict themselves: each is refused with its place, and nothing else happens.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "core/random.hpp"
#include "io/safetensors.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

std::string file_of(const std::string& header, const std::string& data, std::int64_t length_error = 0) {
  const std::uint64_t length = header.size() + static_cast<std::uint64_t>(length_error);
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  return file + header + data;
}

std::optional<Error> error_in(const std::string& file) {
  return error_of([&] { Safetensors parsed(std::as_bytes(std::span(file))); });
}

std::string tensor(const std::string& fields) { return R"({"w":{)" + fields + "}}"; }
const std::string eight(8, 'x');

struct Bad {
  std::string header;
  std::string path;
  std::string hint;
};

TEST(BadSafetensors, EachDefectHasItsName) {
  const std::string good = R"("dtype":"F32","shape":[2],"data_offsets":[0,8])";
  ASSERT_FALSE(error_in(file_of(tensor(good), eight)));
  ASSERT_FALSE(error_in(file_of(tensor(good) + "   ", eight)));
  ASSERT_FALSE(error_in(file_of("{}", "")));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += R"({"a":)";
  const std::vector<Bad> cases = {
      // not a header
      {"", "safetensors", "bad_header"},
      {" {}", "safetensors", "bad_header"},
      {"[]", "safetensors", "bad_header"},
      {"{", "safetensors", "at_byte"},
      {"{}x", "safetensors", "at_byte"},
      {tensor(good) + std::string(3, '\0'), "safetensors", "at_byte"},
      {"{\"\xff\":1}", "safetensors", "at_byte"},
      {deep, "safetensors", ""},
      // keys
      {R"({"w":{)" + good + R"(},"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})", "safetensors",
       "duplicate_key"},
      {tensor(good + R"(,"dtype":"F32")"), "safetensors", "duplicate_key"},
      {tensor(good + R"(,"more":1)"), "w", "bad_tensor_entry"},
      {tensor(R"("shape":[2],"data_offsets":[0,8])"), "w", "bad_tensor_entry"},
      {tensor(R"("dtype":"F32","data_offsets":[0,8])"), "w", "bad_tensor_entry"},
      {tensor(R"("dtype":"F32","shape":[2])"), "w", "bad_tensor_entry"},
      {R"({"w":7})", "w", "bad_tensor_entry"},
      {R"({"__proto__":null})", "__proto__", "bad_tensor_entry"},
      // metadata
      {R"({"__metadata__":{"a":1}})", "__metadata__", "bad_metadata"},
      {R"({"__metadata__":"pt"})", "__metadata__", "bad_metadata"},
      // types
      {tensor(R"("dtype":"F31","shape":[2],"data_offsets":[0,8])"), "w", "unknown_dtype"},
      {tensor(R"("dtype":"f32","shape":[2],"data_offsets":[0,8])"), "w", "unknown_dtype"},
      {tensor(R"("dtype":32,"shape":[2],"data_offsets":[0,8])"), "w", "unknown_dtype"},
      {tensor(R"("dtype":"F4","shape":[16],"data_offsets":[0,8])"), "w", "unknown_dtype"},
      // shapes
      {tensor(R"("dtype":"F32","shape":2,"data_offsets":[0,8])"), "w", "bad_shape"},
      {tensor(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])"), "w", "bad_shape"},
      {tensor(R"("dtype":"F32","shape":[1.5],"data_offsets":[0,8])"), "w", "bad_shape"},
      {tensor(R"("dtype":"F32","shape":["2"],"data_offsets":[0,8])"), "w", "bad_shape"},
      {tensor(R"("dtype":"F32","shape":[null],"data_offsets":[0,8])"), "w", "bad_shape"},
      {tensor(R"("dtype":"F32","shape":[1e400],"data_offsets":[0,8])"), "safetensors", "at_byte"},
      {tensor(R"("dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8])"), "w", "bad_shape"},
      {tensor(R"("dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8])"), "w", "bad_shape"},
      {tensor(R"("dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,8])"), "w", "too_many_elements"},
      {tensor(R"("dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,8])"), "w", "too_many_elements"},
      {tensor(R"("dtype":"F32","shape":[65536,65536,4],"data_offsets":[0,8])"), "w", "size_mismatch"},
      {tensor(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])"), "w", "size_mismatch"},
      {tensor(R"("dtype":"F64","shape":[2],"data_offsets":[0,8])"), "w", "size_mismatch"},
      {tensor(R"("dtype":"F32","shape":[],"data_offsets":[0,8])"), "w", "size_mismatch"},
      {tensor(R"("dtype":"F32","shape":[0],"data_offsets":[0,8])"), "w", "size_mismatch"},
      // places
      {tensor(R"("dtype":"F32","shape":[2],"data_offsets":8)"), "w", "bad_offsets"},
      {tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0])"), "w", "bad_offsets"},
      {tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,8,8])"), "w", "bad_offsets"},
      {tensor(R"("dtype":"F32","shape":[2],"data_offsets":[-8,0])"), "w", "bad_offsets"},
      {tensor(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"), "w", "bad_offsets"},
      {tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,"8"])"), "w", "bad_offsets"},
      {tensor(R"("dtype":"F32","shape":[2],"data_offsets":[1,9])"), "w", "beyond_end"},
      {tensor(R"("dtype":"U8","shape":[8],"data_offsets":[9223372036854775800,9223372036854775807])"), "w",
       "beyond_end"},
      {tensor(R"("dtype":"F32","shape":[1],"data_offsets":[4,8])"), "w", "hole"},
      {tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])"), "safetensors", "trailing_bytes"},
      {"{}", "safetensors", "trailing_bytes"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[3],"data_offsets":[5,8]}})",
       "b", "hole"},
      {R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
       "b", "overlap"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
       "b", "overlap"},
  };
  for (const Bad& c : cases) {
    const auto error = error_in(file_of(c.header, eight));
    ASSERT_TRUE(error) << c.header;
    EXPECT_EQ(error->code, ErrorCode::bad_file) << c.header;
    EXPECT_EQ(error->path, c.path) << c.header;
    EXPECT_EQ(error->hint.key, c.hint) << c.header << " " << error->what();
  }
}

TEST(BadSafetensors, TheLengthOfTheHeaderIsNotBelieved) {
  const std::string header = R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const std::string file = file_of(header, eight);
  for (const std::uint64_t length :
       {std::uint64_t{file.size() + 1}, std::uint64_t{file.size() - 7}, std::uint64_t{100'000'000},
        std::uint64_t{100'000'001}, std::uint64_t{0x7FFFFFFF}, std::uint64_t{0x80000000}, std::uint64_t{0xFFFFFFFF},
        std::uint64_t{1} << 53, std::uint64_t{0x7FFFFFFFFFFFFFFF}, ~std::uint64_t{0}}) {
    std::string lie = file;
    std::memcpy(lie.data(), &length, 8);
    const auto error = error_in(lie);
    ASSERT_TRUE(error) << length;
    EXPECT_EQ(error->hint.key, length > max_safetensors_header ? "header_too_large" : "cut");
  }
  EXPECT_TRUE(error_in(file_of(header, eight, -1)));
  EXPECT_TRUE(error_in(file_of(header, eight, 1)));
}

TEST(BadSafetensors, AFileCutAnywhereIsRefused) {
  const std::string file = file_of(
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}})",
      "abcdefghijk");
  ASSERT_FALSE(error_in(file));
  for (std::size_t n = 0; n < file.size(); ++n) {
    const auto error = error_in(file.substr(0, n));
    ASSERT_TRUE(error) << n;
    EXPECT_EQ(error->code, ErrorCode::bad_file);
  }
  EXPECT_EQ(error_in(file + "x")->hint.key, "trailing_bytes");
}

TEST(BadSafetensors, ChangedBytesAreReadOrRefusedAndNothingElse) {
  const std::string file = file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", eight);
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (int b = 0; b < 256; ++b) {
      std::string changed = file;
      changed[i] = static_cast<char>(b);
      const auto error = error_in(changed);
      ASSERT_TRUE(!error || error->code == ErrorCode::bad_file) << i << " " << b;
    }
  }
}

TEST(BadSafetensors, NoiseIsRefused) {
  Random random(1, "noise");
  for (const std::size_t size : {1U, 7U, 8U, 9U, 64U, 65536U}) {
    std::string noise(size, '\0');
    for (char& c : noise) c = static_cast<char>(random.bits());
    EXPECT_TRUE(error_in(noise)) << size;
    if (size < 16) continue;
    std::memset(noise.data() + 1, 0, 7);  // a length that fits
    noise[8] = '{';
    EXPECT_TRUE(error_in(noise)) << size;
  }
}

TEST(BadSafetensors, ManyTensorsAreFoundByName) {
  std::string header = "{";
  for (int i = 0; i < 50'000; ++i) {
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  }
  const std::string file = file_of(header + "}", "");
  const Safetensors parsed(std::as_bytes(std::span(file)));
  EXPECT_EQ(parsed.tensors().size(), 50'000U);
  EXPECT_NE(parsed.find("49999"), nullptr);
}

}  // namespace
}  // namespace trainyard
