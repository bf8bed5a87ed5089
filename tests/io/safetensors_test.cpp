#include "io/safetensors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "golden/golden.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

const Json& document() {
  static const Json json = golden::read_json(std::string(golden::folder) + "/safetensors.json");
  return json;
}

std::vector<std::byte> golden_file(const char* key) {
  return golden::decode_base64(document().at(key).at("file").get_ref<const std::string&>());
}

TEST(Safetensors, ReadsEveryTypeAsTorchDoes) {
  const auto bytes = golden_file("types");
  const Safetensors file(bytes);
  const golden::Tensors expected = golden::read_tensors(document().at("types").at("tensors"));
  ASSERT_EQ(file.tensors().size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    const TensorInfo* info = file.find(name);
    ASSERT_NE(info, nullptr) << name;
    EXPECT_EQ(info->shape, tensor.shape) << name;
    std::vector<double> doubles(info->count());
    std::vector<float> floats(info->count());
    EXPECT_TRUE(file.read(*info, std::span(doubles))) << name;
    EXPECT_TRUE(file.read(*info, std::span(floats))) << name;
    EXPECT_EQ(doubles, tensor.values) << name;
    for (std::size_t i = 0; i < floats.size(); ++i) EXPECT_EQ(floats[i], static_cast<float>(doubles[i])) << name;
  }
  EXPECT_EQ(file.find("nothing"), nullptr);
  EXPECT_TRUE(file.metadata().empty());
}

TEST(Safetensors, WritesTheBytesThatAnotherWriterWrites) {
  const auto bytes = golden_file("model");
  const Safetensors file(bytes);
  EXPECT_EQ(file.metadata().at("format"), "pt");
  std::vector<TensorInfo> wanted(file.tensors().rbegin(), file.tensors().rend());
  SafetensorsWriter writer(std::move(wanted));
  for (std::size_t i = 0; i < writer.tensors().size(); ++i) {
    const TensorInfo& info = writer.tensors()[i];
    if (info.type == TensorType::f32) {
      file.read(*file.find(info.name), writer.values<float>(i));
    } else {
      writer.values<std::int64_t>(i)[0] = 0;
    }
  }
  const Bytes written = writer.take();
  EXPECT_TRUE(std::ranges::equal(written.span(), bytes));
}

TEST(Safetensors, SaysWhenNumbersAreNotFinite) {
  SafetensorsWriter writer({{.name = "w", .type = TensorType::f32, .shape = {2}}}, {});
  writer.values<float>(0)[0] = 1;
  writer.values<float>(0)[1] = std::numeric_limits<float>::quiet_NaN();
  const Bytes bytes = writer.take();
  const Safetensors file(bytes.span());
  std::vector<float> out(2);
  EXPECT_FALSE(file.read(file.tensors()[0], std::span(out)));
  EXPECT_TRUE(std::isnan(out[1]));
}

TEST(Safetensors, WriterAlignsAndSortsTensors) {
  SafetensorsWriter writer({{.name = "b", .type = TensorType::f32, .shape = {3}},
                            {.name = "a", .type = TensorType::f32, .shape = {}},
                            {.name = "n", .type = TensorType::i64, .shape = {}},
                            {.name = "z", .type = TensorType::f32, .shape = {0, 2}}});
  std::vector<std::string> names;
  for (const TensorInfo& t : writer.tensors()) {
    EXPECT_EQ(t.begin % size_of(t.type), 0U);
    names.push_back(t.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"n", "a", "b", "z"}));
}

TEST(Safetensors, WriterRefusesWhatItCannotWrite) {
  const auto twice = error_of([] {
    SafetensorsWriter(
        {{.name = "a", .type = TensorType::f32, .shape = {1}}, {.name = "a", .type = TensorType::i64, .shape = {}}});
  });
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->code, ErrorCode::invalid_value);
  const auto reserved =
      error_of([] { SafetensorsWriter({{.name = "__metadata__", .type = TensorType::f32, .shape = {1}}}); });
  ASSERT_TRUE(reserved);
  const auto type = error_of([] { SafetensorsWriter({{.name = "a", .type = TensorType::f16, .shape = {1}}}); });
  ASSERT_TRUE(type);
  EXPECT_EQ(type->code, ErrorCode::not_supported);
}

TEST(Safetensors, KnowsTypesThatItCannotRead) {
  const std::string header = R"({"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}})";
  std::string text(8, '\0');
  text[0] = static_cast<char>(header.size());
  text += header + "xy";
  const Safetensors file(std::as_bytes(std::span(text)));
  std::vector<float> out(2);
  const auto error = error_of([&] { file.read(file.tensors()[0], std::span(out)); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::not_supported);
  EXPECT_EQ(error->path, "a");
  EXPECT_EQ(error->got, "F8_E4M3");
}

}  // namespace
}  // namespace trainyard
