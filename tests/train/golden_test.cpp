// Whole runs against PyTorch, from PyTorch's starting weights: the losses of 100 steps, and where they end.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "golden/golden.hpp"
#include "train/fixtures.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

/// All batches one after the other: without shuffling, an epoch is one round through them.
std::shared_ptr<const Dataset> rows_of(const golden::Run& run) {
  const auto column_of = [&](const std::string& name, auto pick) {
    Column c;
    c.name = name;
    const golden::Tensor& first = pick(run.batches.front());
    c.shape = Shape(std::span(first.shape).subspan(1));
    c.dtype = first.dtype == "i32" ? DType::i32 : DType::f32;
    std::vector<float> floats;
    std::vector<std::int32_t> ids;
    for (const golden::Batch& batch : run.batches) {
      for (const double v : pick(batch).values) {
        floats.push_back(static_cast<float>(v));
        ids.push_back(static_cast<std::int32_t>(v));
      }
    }
    c.bytes = c.dtype == DType::i32 ? Bytes::copy(std::as_bytes(std::span(ids)))
                                    : Bytes::copy(std::as_bytes(std::span(floats)));
    return c;
  };
  DatasetParts parts;
  for (const golden::Batch& batch : run.batches) parts.rows += static_cast<Row>(batch.y.shape.front());
  for (std::size_t i = 0; i < run.inputs.size(); ++i) {
    parts.inputs.push_back(
        column_of(run.inputs[i].name, [i](const golden::Batch& b) -> const golden::Tensor& { return b.inputs[i]; }));
  }
  parts.targets.push_back(column_of("y", [](const golden::Batch& b) -> const golden::Tensor& { return b.y; }));
  return std::make_shared<const Dataset>(std::move(parts));
}

struct Result {
  std::vector<double> losses;
  golden::Tensors final;
};

Result train(const golden::Run& run, Precision precision, int threads, const Json& more = Json::object()) {
  ThreadPool pool(threads);
  std::vector<ModelInput> inputs;
  for (const golden::Input& input : run.inputs) {
    inputs.push_back({.name = input.name, .shape = Shape(std::span(input.shape))});
  }
  Model model(run.description, {.inputs = std::move(inputs), .precision = precision});
  for (const Parameter& p : model.parameters().all()) {  // none more than load_state_dict(strict=True) knows
    for (const std::string& name : p.names) EXPECT_TRUE(run.start.contains(name)) << name;
  }
  for (const auto& [name, tensor] : run.start) {
    model.write(model.find(name), std::span<const double>(tensor.values));
  }
  Json options = run.train;
  options["batchSize"] = run.batches.front().y.shape.front();
  options["shuffle"] = false;
  options["steps"] = run.losses64.size();
  options.update(more);
  Trainer trainer(model, rows_of(run), nullptr, options, pool);
  Result result;
  for (std::size_t i = 0; i < run.losses64.size(); ++i) {
    trainer.advance({.steps = 1});
    result.losses.push_back(trainer.loss());
  }
  for (const auto& [name, tensor] : run.final64) {
    golden::Tensor& ours = result.final[name];
    ours.values.resize(tensor.values.size());
    model.read(model.find(name), std::span<double>(ours.values));
  }
  return result;
}

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, Float32FollowsPyTorch) {
  const golden::Run run = golden::read_run(GetParam());
  const Result ours = train(run, Precision::f32, 1);
  for (std::size_t i = 0; i < ours.losses.size(); ++i) {
    const double exact = run.losses64[i];
    const double allowed = std::max(1e-4 * std::abs(exact), 3 * std::abs(run.losses32[i] - exact));
    EXPECT_NEAR(ours.losses[i], exact, allowed) << "step " << i;
  }
}

#if !defined(__EMSCRIPTEN__)
void expect_double(const golden::Run& run, const Result& ours) {
  for (std::size_t i = 0; i < ours.losses.size(); ++i) {
    EXPECT_NEAR(ours.losses[i], run.losses64[i], 1e-8 * std::abs(run.losses64[i])) << "step " << i;
  }
  for (const auto& [name, tensor] : run.final64) {
    double largest = 0;
    for (const double v : tensor.values) largest = std::max(largest, std::abs(v));
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      EXPECT_NEAR(ours.final.at(name).values[i], tensor.values[i], 1e-8 * std::max(largest, 1.0))
          << name << "[" << i << "]";
    }
  }
}

TEST_P(Golden, DoubleEqualsPyTorch) {
  const golden::Run run = golden::read_run(GetParam());
  expect_double(run, train(run, Precision::f64, 2));
}

TEST_P(Golden, DoubleInPiecesAndComputedAgainEqualsPyTorchsWholeBatches) {
  const golden::Run run = golden::read_run(GetParam());
  Json more{{"recompute", true}};
  // Batch norm sees a piece at a time.
  const bool whole = run.description.dump().find("batchNorm") != std::string::npos;
  if (!whole) more["microBatchSize"] = 3;
  expect_double(run, train(run, Precision::f64, 1, more));
}
#endif

INSTANTIATE_TEST_SUITE_P(Models, Golden,
                         testing::Values("mlp-sgd", "mlp-adam-mse", "mlp-adamw-bce", "mlp-rmsprop-huber",
                                         "mlp-smoothing-weights", "cnn-batchnorm", "residual", "gpt2", "llama",
                                         "encoder", "encoder-decoder", "lstm", "gru-bidirectional"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace trainyard
