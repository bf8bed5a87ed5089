// Small networks of every sort with made-up data for them: what an option of a run must not change is asked of each.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "support/numbers.hpp"
#include "train/models.hpp"

namespace trainyard {

struct Sort {
  std::string name;
  const char* layers;  ///< a list, in JSON
  Shape input;         ///< of one row
  Shape labels;        ///< of the class ids of one row
  std::int64_t classes = 3;
  std::int64_t vocab = 0;  ///< the input is ids
  bool couples_rows = false;
  Json fit = Json::object();

  [[nodiscard]] Json description() const { return parse_json("{\"layers\": " + std::string(layers) + "}", "model"); }
  [[nodiscard]] ModelOptions options(Precision precision = Precision::f32) const {
    ModelOptions o = takes(input, 5);
    o.precision = precision;
    return o;
  }
};

inline std::vector<Sort> sorts_of_networks() {
  const Json ignoring{{"loss", {{"type", "crossEntropy"}, {"classWeights", {0.5, 2, 1.25}}, {"ignoreIndex", 2}}}};
  const char* gpt = R"([{"type":"gpt","vocab":11,"context":6,"layers":3,"heads":2,"dim":8,"dropout":0.2}])";
  return {
      {.name = "mlp",
       .layers = R"([{"type":"linear","out":17},"gelu",{"type":"dropout","p":0.3},{"type":"linear","out":17},"relu",
                     {"type":"dropout","p":0.2},{"type":"linear","out":9},"tanh","layerNorm",{"type":"linear","out":3}])",
       .input = {5},
       .labels = {},
       .fit = {{"clipNorm", 0.5}, {"l2", 0.01}}},
      {.name = "weighted classes",
       .layers = R"([{"type":"linear","out":8},"tanh",{"type":"linear","out":3}])",
       .input = {4, 5},
       .labels = {4},
       .fit = ignoring},
      {.name = "mse",
       .layers = R"([{"type":"linear","out":8},"sigmoid",{"type":"linear","out":2}])",
       .input = {5},
       .labels = {},
       .fit = {{"loss", "mse"}, {"target", "dense"}}},
      {.name = "cnn",
       .layers = R"([{"type":"conv2d","out":4,"kernel":3,"padding":1},"batchNorm2d","relu",
                     {"type":"residual","layers":[{"type":"conv2d","out":4,"kernel":3,"padding":1},"batchNorm2d","silu"]},
                     {"type":"maxPool2d","kernel":2},{"type":"conv2d","out":5,"kernel":2},"batchNorm2d","relu","flatten",
                     {"type":"linear","out":3}])",
       .input = {2, 6, 6},
       .labels = {},
       .couples_rows = true},
      {.name = "lstm",
       .layers = R"([{"type":"lstm","hidden":6,"layers":2,"dropout":0.25},{"type":"gru","hidden":5},
                     {"type":"linear","out":3}])",
       .input = {4, 3},
       .labels = {4},
       .fit = ignoring},
      {.name = "gpt", .layers = gpt, .input = {6}, .labels = {6}, .classes = 11, .vocab = 11},
      {.name = "characters",
       .layers = R"([{"type":"embedding","vocab":11,"dim":16},{"type":"lstm","hidden":6,"bidirectional":true},
                     {"type":"linear","out":3}])",
       .input = {8},
       .labels = {8},
       .vocab = 11},
      {.name = "encoder",
       .layers = R"([{"type":"transformerEncoderLayer","heads":2,"ff":12},
                     {"type":"transformerEncoderLayer","heads":2,"ff":12,"normFirst":true},{"type":"linear","out":3}])",
       .input = {4, 6},
       .labels = {4}},
  };
}

/// Rows with class ids "y" and two numbers "dense"; weights of 0, 1, 2, … where asked for.
inline std::shared_ptr<const Dataset> rows_for(const Sort& sort, Row rows, bool weighted = false) {
  Random random(3, "made-up rows");
  const auto ids = [&](std::int64_t count, std::int64_t below) {
    std::vector<std::int32_t> numbers(static_cast<std::size_t>(count));
    for (auto& v : numbers) v = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(below)));
    return numbers;
  };
  const auto floats = [&](std::int64_t count) {
    std::vector<float> numbers(static_cast<std::size_t>(count));
    for (float& v : numbers) v = 2 * random.uniform() - 1;
    return numbers;
  };
  const auto n = static_cast<std::int64_t>(rows);
  DatasetParts parts;
  parts.rows = rows;
  parts.inputs.push_back(sort.vocab > 0 ? column("x", sort.input, DType::i32, ids(n * sort.input.size(), sort.vocab))
                                        : column("x", sort.input, DType::f32, floats(n * sort.input.size())));
  parts.targets.push_back(column("y", sort.labels, DType::i32, ids(n * sort.labels.size(), sort.classes)));
  parts.targets.push_back(column("dense", {2}, DType::f32, floats(2 * n)));
  if (weighted) {
    std::vector<float> weights;
    for (Row r = 0; r < rows; ++r) weights.push_back(static_cast<float>(r % 3));
    parts.weights = Bytes::copy(std::as_bytes(std::span(weights)));
  }
  return std::make_shared<const Dataset>(std::move(parts));
}

/// What a run was: the loss of every step, and all numbers at its end, gradients of the last step among them.
struct Trained {
  std::vector<double> losses, numbers;
  std::uint64_t activations = 0;  ///< bytes of the plan
  std::size_t calls = 0;          ///< of the plan
};

inline Trained train_sort(const Sort& sort, const std::shared_ptr<const Dataset>& data, const Json& more, int steps,
                          Precision precision = Precision::f32, int threads = 1) {
  ThreadPool pool(threads);
  Model model(sort.description(), sort.options(precision));
  // Rounding alone must not change much: no division by small roots of squares.
  Json options{{"steps", steps}, {"optimizer", {{"type", "sgd"}, {"lr", 0.05}, {"momentum", 0.9}}}, {"seed", 4}};
  options.update(sort.fit);
  options.update(more);
  Trainer trainer(model, data, nullptr, options, pool);
  if (threads > 1) trainer.compiled().executor->share_from(0, 0);
  Trained course;
  course.activations = trainer.compiled().executor->plan().bytes[0];
  course.calls = trainer.compiled().executor->plan().steps.size();
  for (int i = 0; i < steps; ++i) {
    trainer.advance({.steps = 1});
    course.losses.push_back(trainer.loss());
  }
  for (const Parameter& p : model.parameters().all()) {
    for (const Content content : {Content::value, Content::gradient}) {
      if (content == Content::gradient && !p.trained()) continue;
      const std::vector<double> numbers = numbers_of(model, p.names.front(), content);
      course.numbers.insert(course.numbers.end(), numbers.begin(), numbers.end());
    }
  }
  return course;
}

}  // namespace trainyard
