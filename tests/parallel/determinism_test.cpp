// The same bits for any number of threads; and with 128-bit lanes and no fused multiply-add, the committed ones.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "golden/golden.hpp"
#include "simd/vec.hpp"
#include "train/fixtures.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

std::shared_ptr<const Dataset> made_up(const Json& run) {
  const auto dims = run.at("input").get<std::vector<std::int64_t>>();
  const Shape shape{std::span(dims)};
  const auto rows = run.at("rows").get<Row>();
  const auto classes = run.at("classes").get<std::uint32_t>();
  std::vector<float> x(static_cast<std::size_t>(rows * shape.size()));
  std::vector<std::int32_t> y(rows);
  for (std::uint32_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i * 2654435761U) >> 8) * 0x1p-24F;
  for (std::uint32_t i = 0; i < rows; ++i) y[i] = static_cast<std::int32_t>((7 * i + i / 8) % classes);
  DatasetParts parts;
  parts.rows = rows;
  parts.inputs.push_back(column("x", shape, DType::f32, x));
  parts.targets.push_back(column("y", {}, DType::i32, y));
  return std::make_shared<const Dataset>(std::move(parts));
}

std::string hash_after(const Json& run, int threads) {
  ThreadPool pool(threads);
  const auto dims = run.at("input").get<std::vector<std::int64_t>>();
  Model model(run.at("description"), {.inputs = {{.name = "x", .shape = Shape{std::span(dims)}}},
                                      .seed = run.at("seed").get<std::uint64_t>()});
  Trainer trainer(model, made_up(run), nullptr, run.at("fit"), pool);
  trainer.advance({});
  EXPECT_EQ(trainer.step(), 200);
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (std::size_t i = 0; i < model.parameters().all().size(); ++i) {
    const Parameter& p = model.parameters().all()[i];
    if (!p.trained()) continue;
    std::vector<float> numbers(static_cast<std::size_t>(p.shape.size()));
    model.read({static_cast<std::int32_t>(i)}, std::span<float>(numbers));
    for (const std::byte b : std::as_bytes(std::span(numbers))) {
      hash = (hash ^ std::to_integer<std::uint64_t>(b)) * 0x100000001B3U;
    }
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

/// Whether this build rounds twice in a b + c, as the strict builds do.
bool rounds_twice() {
  volatile float a = 1 + 0x1p-12F;
  const simd::Vec<float> v(a);
  return simd::to_array<float>(simd::madd<float>(v, v, simd::Vec<float>(-1.0F)))[0] == static_cast<float>(a * a) - 1.0F;
}

class Determinism : public testing::TestWithParam<int> {};

TEST_P(Determinism, SameBitsForAnyNumberOfThreads) {
  const Json file = golden::read_json(std::string(golden::folder) + "/determinism.json");
  const Json& run = file.at("runs").at(static_cast<std::size_t>(GetParam()));
  const std::string one = hash_after(run, 1);
  EXPECT_EQ(hash_after(run, 2), one);
  EXPECT_EQ(hash_after(run, 4), one);
  if (simd::lanes<float> == 4 && rounds_twice()) {
    EXPECT_EQ(one, run.at("hash").get<std::string>());
  }
}

INSTANTIATE_TEST_SUITE_P(Runs, Determinism, testing::Values(0, 1));

}  // namespace
}  // namespace trainyard
