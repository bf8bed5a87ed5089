// The same bits for any number of threads; and with 128-bit lanes and no fused multiply-add, the committed ones.
#include <gtest/gtest.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TRAINYARD_TSAN
#endif
#endif
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "golden/golden.hpp"
#include "ops/instructions.hpp"
#include "train/fixtures.hpp"
#include "train/options.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

std::uint32_t word(std::size_t i) { return (static_cast<std::uint32_t>(i) * 2654435761U) >> 8; }

Shape shape_of(const Json& dims) {
  const auto numbers = dims.get<std::vector<std::int64_t>>();
  return Shape(std::span(numbers));
}

std::shared_ptr<const Dataset> made_up(const Json& run) {
  DatasetParts parts;
  parts.rows = run.at("rows").get<Row>();
  const Shape input = shape_of(run.at("input"));
  const Shape target = shape_of(run.value("targets", Json::array()));
  const auto count = [&](const Shape& shape) { return parts.rows * static_cast<std::size_t>(shape.size()); };
  if (const std::uint32_t ids = run.value("ids", 0U); ids > 0) {
    std::vector<std::int32_t> x(count(input));
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int32_t>(word(i) % ids);
    parts.inputs.push_back(column("x", input, DType::i32, x));
  } else {
    std::vector<float> x(count(input));
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(word(i)) * 0x1p-24F;
    parts.inputs.push_back(column("x", input, DType::f32, x));
  }
  const auto classes = run.at("classes").get<std::size_t>();
  std::vector<std::int32_t> y(count(target));
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<std::int32_t>((7 * i + i / 8) % classes);
  parts.targets.push_back(column("y", target, DType::i32, y));
  return std::make_shared<const Dataset>(std::move(parts));
}

/// FNV-1a, 64 bits, of the little-endian numbers of all trained parameters in PyTorch's layouts.
std::string hash_of(const Model& model) {
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

std::string hash_after(const Json& run, ThreadPool& pool) {
  Model model(run.at("description"), read_model_options(json_object("input", run.at("input"), "seed", run.at("seed"))));
  Trainer trainer(model, made_up(run), nullptr, run.at("fit"), pool);
  trainer.advance({.steps = 1});
  EXPECT_EQ(trainer.compiled().executor->shares(), pool.size() > 1) << "too little work for several threads";
  trainer.advance({});
  EXPECT_EQ(trainer.step(), run.at("fit").at("steps").get<std::int64_t>());
  return hash_of(model);
}

// ThreadSanitizer takes a quarter of a minute for each.
#ifdef TRAINYARD_TSAN
constexpr int thread_counts[] = {4};
#else
constexpr int thread_counts[] = {2, 4, 8};
#endif

class Determinism : public testing::TestWithParam<std::size_t> {};

TEST_P(Determinism, SameBitsForAnyNumberOfThreads) {
  const Json file = golden::read_json(std::string(golden::folder) + "/determinism.json");
  ASSERT_EQ(file.at("runs").size(), 4U);
  const Json& run = file.at("runs").at(GetParam());
  SCOPED_TRACE(run.at("name").get<std::string>());
  ThreadPool alone(1);
  const std::string one = hash_after(run, alone);
  if (ops::instructions().lanes == 4 && !ops::instructions().fused) {
    EXPECT_EQ(one, run.at("hash").get<std::string>());
  }
  for (const int threads : thread_counts) {
    ThreadPool pool(threads);
    EXPECT_EQ(hash_after(run, pool), one) << threads << " threads";
    if (pool.size() == 1) break;  // a build without threads, which has now done it twice
  }
}

INSTANTIATE_TEST_SUITE_P(Runs, Determinism, testing::Range<std::size_t>(0, 4));

}  // namespace
}  // namespace trainyard
