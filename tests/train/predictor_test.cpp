// What a model gives: any number of rows, several outputs, images, and always by its present weights.
#include "train/predictor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/errors.hpp"
#include "train/models.hpp"

namespace trainyard {
namespace {

std::vector<float> ramp(std::size_t n) {
  std::vector<float> numbers(n);
  for (std::size_t i = 0; i < n; ++i) numbers[i] = static_cast<float>(i % 97) / 48 - 1;
  return numbers;
}

TEST(Predictor, ChunksGiveWhatSingleRowsGive) {
  ThreadPool pool(2);
  const Model model(two_layers(), takes({2}));
  const std::vector<float> x = ramp(2 * 600);
  Predictor predictor(model, pool);
  const NamedArray all = predictor.predict(inputs_of({2}, x)).front();
  EXPECT_EQ(all.name, "output");
  EXPECT_EQ(all.shape, (std::vector<std::int64_t>{600, 2}));
  Predictor single(model, pool);
  for (const std::size_t row : {0U, 255U, 256U, 511U, 599U}) {
    const auto one = single.predict(inputs_of({2}, {x[2 * row], x[2 * row + 1]})).front().numbers;
    EXPECT_TRUE(std::ranges::equal(one, std::span(all.numbers).subspan(2 * row, 2))) << row;
  }
  // Fewer rows than before, and again more.
  EXPECT_EQ(predictor.predict(inputs_of({2}, ramp(6))).front().numbers.size(), 6U);
  EXPECT_EQ(predictor.predict(inputs_of({2}, x)).front().numbers, all.numbers);
}

TEST(Predictor, SeesEveryChangeOfTheWeights) {
  ThreadPool pool(1);
  Model model(two_layers(), takes({2}));
  Predictor predictor(model, pool);
  const Dataset data = inputs_of({2}, {0.5F, -0.25F});
  const auto before = predictor.predict(data).front().numbers;
  model.write_one(model.find("2.bias"), 1, read(model, "2.bias")[1] + 1.0);
  const auto after = predictor.predict(data).front().numbers;
  EXPECT_EQ(after[0], before[0]);
  EXPECT_NEAR(after[1], before[1] + 1, 1e-6);
  model.write(model.find("2.weight"), std::vector<float>(16, 0.0F));
  EXPECT_EQ(predictor.predict(data).front().numbers, read(model, "2.bias"));
}

TEST(Predictor, GivesEveryOutputAndTakesEveryInputByName) {
  ThreadPool pool(1);
  const Json description = parse_json(
      R"({"nodes":[{"name":"sum","type":"add","inputs":["a","b"]},{"name":"product","type":"mul","inputs":["a","b"]},
          {"name":"image","type":"reshape","shape":[1,2,1],"inputs":["product"]}],"outputs":["sum","image"]})",
      "model");
  const Model model(description, {.inputs = {{.name = "a", .shape = {2}}, {.name = "b", .shape = {2}}}});
  DatasetParts parts;
  parts.rows = 1;
  parts.inputs.push_back(column<float>("b", {2}, DType::f32, {3, 4}));
  parts.inputs.push_back(column<float>("a", {2}, DType::f32, {1, 2}));
  const auto outputs = Predictor(model, pool).predict(Dataset(std::move(parts)));
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].name, "sum");
  EXPECT_EQ(outputs[0].numbers, (std::vector<float>{4, 6}));
  EXPECT_EQ(outputs[1].name, "image");
  EXPECT_EQ(outputs[1].shape, (std::vector<std::int64_t>{1, 1, 2, 1}));
  EXPECT_EQ(outputs[1].numbers, (std::vector<float>{3, 8}));
}

TEST(Predictor, GivesImagesChannelsFirst) {
  ThreadPool pool(1);
  Model model(parse_json(R"({"layers":[{"type":"conv2d","out":2,"kernel":1,"bias":false}]})", "model"),
              takes({1, 1, 3}));
  model.write(model.find("0.weight"), std::vector<float>{10, 100});
  const NamedArray y = Predictor(model, pool).predict(inputs_of({1, 1, 3}, {1, 2, 3})).front();
  EXPECT_EQ(y.shape, (std::vector<std::int64_t>{1, 2, 1, 3}));
  EXPECT_EQ(y.numbers, (std::vector<float>{10, 20, 30, 100, 200, 300}));
}

TEST(Predictor, RefusesDataThatDoNotFitAndGoesOn) {
  ThreadPool pool(1);
  const Model model(two_layers(), takes({2}));
  Predictor predictor(model, pool);
  const auto shape = error_of([&] { static_cast<void>(predictor.predict(inputs_of({3}, {1, 2, 3}))); });
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->code, ErrorCode::shape_mismatch);
  EXPECT_EQ(shape->path, "x");
  EXPECT_EQ(shape->expected, "[*, 2]");
  EXPECT_EQ(shape->got, "[*, 3]");

  const Model named(parse_json(R"({"nodes":[{"name":"s","type":"add","inputs":["left","right"]}]})", "model"),
                    {.inputs = {{.name = "left", .shape = {1}}, {.name = "right", .shape = {1}}}});
  DatasetParts parts;
  parts.rows = 1;
  parts.inputs.push_back(column<float>("left", {1}, DType::f32, {3}));
  parts.inputs.push_back(column<float>("rigt", {1}, DType::f32, {1}));
  const Dataset misspelt(std::move(parts));
  const auto missing = error_of([&] { static_cast<void>(Predictor(named, pool).predict(misspelt)); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->code, ErrorCode::missing_option);
  EXPECT_EQ(missing->path, "data.inputs");
  EXPECT_EQ(missing->expected, "right");
  EXPECT_EQ(missing->got, "left, rigt");
  EXPECT_EQ(missing->hint.argument, "right");
  EXPECT_EQ(predictor.predict(inputs_of({2}, {1, 2})).front().numbers.size(), 2U);
}

}  // namespace
}  // namespace trainyard
