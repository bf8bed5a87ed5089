// What does not fit is refused where the graph is built: with the layer's path, what was expected and what was found.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "core/error.hpp"
#include "ops/affine.hpp"
#include "ops/all.hpp"
#include "ops/conv2d.hpp"
#include "ops/dropout.hpp"
#include "ops/loss.hpp"
#include "ops/norm.hpp"
#include "ops/pool.hpp"
#include "ops/reduce.hpp"

namespace trainyard::testing_ops {
namespace {

class ShapeRules : public testing::Test {
 protected:
  ValueId input(const Shape& shape, DType dtype = DType::f32) {
    return graph.input("x", {.shape = shape, .dtype = dtype});
  }
  ValueId same(const Shape& shape) { return graph.input("w", {.shape = shape, .batched = false}); }
  ValueId image(const Shape& shape) { return graph.channels_last(input(shape)); }

  void expect_error(ErrorCode code, const std::string& expected, const std::string& got,
                    const std::function<void()>& build) {
    const Graph::Scope scope(graph, "layers[3] it", "3");
    try {
      build();
      FAIL() << "accepted; expected " << expected;
    } catch (const Error& e) {
      EXPECT_EQ(name(e.code), name(code));
      EXPECT_EQ(e.path, "layers[3] it");
      EXPECT_EQ(e.expected, expected);
      EXPECT_EQ(e.got, got);
    }
  }
  void expect_conv(ErrorCode code, const std::string& expected, const std::string& got, const kernels::Conv& conv,
                   const Shape& x, const Shape& weight) {
    expect_error(code, expected, got, [&] {
      graph.add(ops::conv2d, {image(x), same(weight)},
                Attributes(ops::Conv2dAttributes{.activation = {}, .conv = conv}));
    });
  }

  ParameterTable table;
  Graph graph{table};
};

constexpr ErrorCode shape = ErrorCode::shape_mismatch;
constexpr ErrorCode value = ErrorCode::invalid_value;
constexpr std::int32_t huge = std::numeric_limits<std::int32_t>::max();

TEST_F(ShapeRules, Linear) {
  expect_error(shape, "[*, 4]", "[*, 3]", [&] { graph.add(ops::linear, {input({3}), same({4, 5})}); });
  expect_error(ErrorCode::type_mismatch, "f32", "i32",
               [&] { graph.add(ops::linear, {input({4}, DType::i32), same({4, 5})}); });
}

TEST_F(ShapeRules, Convolution) {
  expect_conv(shape, "[*, 4, height, width]", "[*, 3, 8, 8]", {}, {3, 8, 8}, {3, 3, 4, 6});
  expect_conv(shape, "[*, 6, height, width]", "[*, 3, 8, 8]", {.groups = 2}, {3, 8, 8}, {3, 3, 3, 6});
  expect_conv(value, "% 2 == 0", "5", {.groups = 2}, {4, 8, 8}, {3, 3, 2, 5});
  expect_conv(value, "1 <= groups <= 1048576", "0", {.groups = 0}, {4, 8, 8}, {3, 3, 2, 5});
  expect_conv(value, "1 <= stride <= 1048576", "0", {.stride_w = 0}, {4, 8, 8}, {3, 3, 4, 5});
  expect_conv(value, "0 <= padding <= 1048576", "-1", {.pad_left = -1}, {4, 8, 8}, {3, 3, 4, 5});
  expect_conv(value, "1 <= dilation <= 1048576", "2147483647", {.dilation_h = huge}, {4, 8, 8}, {3, 3, 4, 5});
  expect_conv(shape, "[*, 4, >= 9, >= 3]", "[*, 4, 8, 8]", {.dilation_h = 4}, {4, 8, 8}, {3, 3, 4, 5});
  expect_conv(shape, "[*, 1, >= 1048574, >= 1]", "[*, 1, 8, 8]", {.pad_top = 1, .pad_bottom = 1}, {1, 8, 8},
              {1048576, 1, 1, 1});
  expect_conv(value, "<= 2147483647", "[*, 64, 8, 8]",
              {.pad_top = 9000, .pad_bottom = 9000, .pad_left = 9000, .pad_right = 9000}, {64, 8, 8}, {3, 3, 64, 5});
}

TEST_F(ShapeRules, Pools) {
  const auto pool = [&](const Op& op, const Shape& x, const kernels::Pool& p) {
    graph.add(op, {image(x)}, Attributes(ops::Pool2dAttributes{p}));
  };
  expect_error(value, "0 <= padding <= 1", "2",
               [&] { pool(ops::max_pool2d, {3, 8, 8}, {.kernel_h = 3, .kernel_w = 3, .pad_h = 2}); });
  expect_error(shape, "[*, 3, >= 9, >= 1]", "[*, 3, 8, 8]", [&] { pool(ops::avg_pool2d, {3, 8, 8}, {.kernel_h = 9}); });
  expect_error(value, "1 <= kernel <= 1048576", "2147483647",
               [&] { pool(ops::avg_pool2d, {3, 8, 8}, {.kernel_h = huge, .pad_h = 1}); });
  expect_error(value, "1 <= dilation <= 1", "2",
               [&] { pool(ops::avg_pool2d, {3, 8, 8}, {.kernel_h = 2, .dilation_h = 2}); });
  expect_error(shape, "[*, channels, height, width]", "[*, 12]",
               [&] { graph.add(ops::global_avg_pool2d, {input({12})}); });
}

TEST_F(ShapeRules, Norms) {
  expect_error(shape, "[*, features] | [*, channels, height, width]", "[*, 3, 4]",
               [&] { graph.add(ops::batch_norm_stats, {input({3, 4})}, Attributes(ops::BatchNormAttributes{})); });
  expect_error(shape, "[3]", "[4]", [&] {
    graph.add(ops::batch_norm, {input({3}), same({4}), same({4})}, Attributes(ops::BatchNormAttributes{}));
  });
  expect_error(shape, ">= 3 axes", "[*, 3, 4]",
               [&] { graph.add(ops::layer_norm, {input({3, 4})}, Attributes(ops::LayerNormAttributes{.axes = 3})); });
  expect_error(shape, "[4]", "[5]",
               [&] { graph.add(ops::layer_norm, {input({3, 4}), same({5})}, Attributes(ops::LayerNormAttributes{})); });
}

TEST_F(ShapeRules, Shaping) {
  expect_error(shape, "12", "[*, 5, 2]",
               [&] { graph.add(ops::reshape, {input({3, 4})}, Attributes(ops::ReshapeAttributes{{5, 2}})); });
  expect_error(value, "0 <= axis < 2", "2",
               [&] { graph.add(ops::concat, {input({3, 4})}, Attributes(ops::AxisAttributes{2})); });
  expect_error(shape, "f32[*, 3, 4]", "f32[*, 2, 5]",
               [&] { graph.add(ops::concat, {input({3, 4}), input({2, 5})}, Attributes(ops::AxisAttributes{0})); });
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  expect_error(value, "0 <= start < end <= 4", "2 + " + std::to_string(last),
               [&] { graph.add(ops::slice, {input({3, 4})}, Attributes(ops::SliceAttributes{1, 2, last})); });
  expect_error(value, "0 <= axis < 1", "-1",
               [&] { graph.add(ops::sum, {input({3})}, Attributes(ops::AxisAttributes{-1})); });
  expect_error(shape, "f32[*, 3, 4]", "f32[3]", [&] { graph.add(ops::add, {input({3, 4}), same({3})}); });
}

TEST_F(ShapeRules, LossesAndOptions) {
  expect_error(shape, "[*, 3]", "[*, 4]", [&] { graph.add(ops::mae, {input({3}), input({4})}); });
  expect_error(value, "delta > 0", "0.000000",
               [&] { graph.add(ops::huber, {input({3}), input({3})}, Attributes(ops::HuberAttributes{.delta = 0})); });
  expect_error(shape, "[3]", "[2]", [&] { graph.add(ops::bce_with_logits, {input({3}), input({3}), same({2})}); });
  expect_error(value, "0 <= p <= 1", "1.500000",
               [&] { graph.add(ops::dropout, {input({3})}, Attributes(ops::DropoutAttributes{.probability = 1.5})); });
}

}  // namespace
}  // namespace trainyard::testing_ops
