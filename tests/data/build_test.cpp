#include "data/build.hpp"

#include <gtest/gtest.h>

#include "data/columns.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

Json parsed(const char* text) { return parse_json(text, "test"); }

/// Four buffers: six floats, three ints, six bytes, three weights.
struct Buffers {
  std::vector<Bytes> list;
  Buffers() {
    list.push_back(bytes_of(std::vector<float>{0, 1, 2, 3, 4, 5}));
    list.push_back(bytes_of(std::vector<std::int32_t>{0, 2, 1}));
    list.push_back(bytes_of(std::vector<std::uint8_t>{0, 10, 20, 30, 40, 50}));
    list.push_back(bytes_of(std::vector<float>{1, 2, 3}));
  }
};

Dataset built(const char* text) {
  Buffers buffers;
  return build_dataset(parsed(text), buffers.list);
}

TEST(BuildDataset, FromArrays) {
  const Dataset data = built(R"({"kind": "arrays", "weights": {"buffer": 3},
    "inputs": {"x": {"shape": [3, 2], "buffer": 0},
               "u": {"shape": [3, 2], "dtype": "u8", "buffer": 2, "scale": 0.1, "offset": 1, "mean": [1, 0], "std": [2, 1]}},
    "targets": {"y": {"shape": [3], "dtype": "i32", "buffer": 1}}})");
  EXPECT_EQ(data.rows(), 3U);
  EXPECT_EQ(data.inputs(), 2U);
  EXPECT_TRUE(data.weighted());
  EXPECT_EQ(gathered<float>(data, {2}, 0), (std::vector<float>{4, 5}));
  const auto u = gathered<double>(data, {1}, 1);
  EXPECT_DOUBLE_EQ(u[0], (20 * 0.1 + 1 - 1) / 2);
  EXPECT_DOUBLE_EQ(u[1], 30 * 0.1 + 1);
  EXPECT_EQ(gathered<std::int32_t>(data, {1}, 2), std::vector<std::int32_t>{2});
}

TEST(BuildDataset, FromSyntheticAndIdx) {
  EXPECT_EQ(built(R"({"kind": "synthetic", "name": "xor", "n": 30, "noise": 0.1, "seed": 4})").rows(), 30U);
  std::vector<Bytes> buffers;
  buffers.push_back(bytes_of(std::vector<std::uint8_t>{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 50, 100}));
  buffers.push_back(bytes_of(std::vector<std::uint8_t>{0, 0, 8, 1, 0, 0, 0, 1, 7}));
  const Dataset data = build_dataset(
      parsed(R"({"kind": "idx", "images": {"buffer": 0}, "labels": {"buffer": 1}, "scale": 0.5})"), buffers);
  EXPECT_EQ(gathered<float>(data, {0}, 0), (std::vector<float>{25, 50}));
}

TEST(BuildDataset, InputsAlone) {
  Buffers buffers;
  const Dataset data = build_inputs(parsed(R"({"x": {"shape": [2, 3], "buffer": 0}})"), buffers.list);
  EXPECT_EQ(data.rows(), 2U);
  EXPECT_EQ(data.columns().size(), 1U);
}

struct Bad {
  const char* text;
  ErrorCode code;
  std::string path;
};

TEST(BuildDataset, RefusesBadDescriptions) {
  const std::vector<Bad> cases = {
      {"7", ErrorCode::type_mismatch, "data"},
      {"{}", ErrorCode::missing_option, "data.kind"},
      {R"({"kind": 7})", ErrorCode::type_mismatch, "data.kind"},
      {R"({"kind": "array"})", ErrorCode::unknown_layer, "data.kind"},
      {R"({"kind": "arrays"})", ErrorCode::missing_option, "data.inputs"},
      {R"({"kind": "arrays", "inputs": []})", ErrorCode::type_mismatch, "data.inputs"},
      {R"({"kind": "arrays", "inputs": {}})", ErrorCode::empty_data, "data"},
      {R"({"kind": "arrays", "input": {}})", ErrorCode::unknown_option, "data.input"},
      {R"({"kind": "arrays", "inputs": {"x": {"buffer": 0}}})", ErrorCode::missing_option, "x.shape"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2]}}})", ErrorCode::missing_option, "x.buffer"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [], "buffer": 0}}})", ErrorCode::shape_mismatch, "x"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [0, 2], "buffer": 0}}})", ErrorCode::empty_data, "data"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [-1, 2], "buffer": 0}}})", ErrorCode::invalid_value, "x.shape"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 0], "buffer": 0}}})", ErrorCode::invalid_value, "x.shape"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 1.5], "buffer": 0}}})", ErrorCode::type_mismatch, "x.shape"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 4294967296, 4294967296], "buffer": 0}}})",
       ErrorCode::invalid_value, "x.shape"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 1, 1, 1, 1, 1, 1, 1], "buffer": 0}}})",
       ErrorCode::invalid_value, "x.shape"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [9007199254740991], "buffer": 0}}})", ErrorCode::invalid_value,
       "x"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [4, 2], "buffer": 0}}})", ErrorCode::shape_mismatch, "x"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2], "buffer": 4}}})", ErrorCode::invalid_value, "x.buffer"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2], "buffer": 0}, "z": {"shape": [3, 2], "buffer": 0}}})",
       ErrorCode::invalid_value, "z.buffer"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2], "buffer": 0, "dtype": "f64"}}})",
       ErrorCode::invalid_value, "x.dtype"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2], "buffer": 0, "std": [0, 1]}}})",
       ErrorCode::invalid_value, "x.std"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2], "buffer": 0, "mean": [0, 1], "std": [1]}}})",
       ErrorCode::shape_mismatch, "x.std"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2], "buffer": 0, "mean": [0, 1, 2]}}})",
       ErrorCode::shape_mismatch, "x.scale"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2], "buffer": 0}}, "targets": {"y": {"shape": [2], "buffer": 1}}})",
       ErrorCode::shape_mismatch, "y"},
      {R"({"kind": "arrays", "inputs": {"x": {"shape": [3, 2], "buffer": 0}}, "weights": {"buffer": 2}})",
       ErrorCode::shape_mismatch, "weights"},
      {R"({"kind": "idx", "images": {"buffer": 0}})", ErrorCode::missing_option, "data.labels"},
      {R"({"kind": "idx", "images": {"buffer": 0}, "labels": {"buffer": 1}})", ErrorCode::bad_file, "images"},
      {R"({"kind": "synthetic"})", ErrorCode::missing_option, "data.type"},
      {R"({"kind": "synthetic", "name": "spirl"})", ErrorCode::unknown_layer, "data"},
      {R"({"kind": "synthetic", "name": "spiral", "n": "many"})", ErrorCode::type_mismatch, "data.n"},
  };
  for (const Bad& c : cases) {
    const auto error = error_of([&] { (void)built(c.text); });
    ASSERT_TRUE(error) << c.text;
    EXPECT_EQ(error->code, c.code) << c.text << " " << error->what();
    EXPECT_EQ(error->path, c.path) << c.text << " " << error->what();
  }
}

}  // namespace
}  // namespace trainyard
