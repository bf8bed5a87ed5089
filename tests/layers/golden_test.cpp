// Every layer against PyTorch's module of the same meaning (golden/layers.json): its output in evaluation; output,
// gradients and running statistics in training.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "golden/golden.hpp"
#include "layers/all.hpp"
#include "layers/layer_case.hpp"
#include "support/numbers.hpp"
#include "support/weighed.hpp"
#include "train/compile.hpp"

namespace trainyard::testing_layers {
namespace {

const Json& golden_cases() {
  static const Json file = golden::read_json(std::string(golden::folder) + "/layers.json");
  return file.at("cases");
}

/// A golden case as a model with PyTorch's numbers.
class Case {
 public:
  Case(const Json& json, Precision precision)
      : json_(json), model_(network(json["layer"], json["inputs"].size()), options(json, precision)) {
    for (const auto& [name, tensor] : golden::read_tensors(json["start"])) {
      model_.write(model_.find("0." + name), std::span<const double>(tensor.values));
    }
    for (const Json& input : json["inputs"]) inputs_.push_back(golden::read_tensor(input));
    rows_ = inputs_.front().shape.front();
  }

  void check_evaluation(ThreadPool& pool) {
    const Compiled c = compile(model_, {.mode = Mode::predict, .capacity = rows_}, pool);
    feed(c);
    c.executor->run(rows_, {});
    expect(numbers_of(c, c.outputs.front(), rows_), json_["evaluated"], "evaluated");
  }

  void check_training(ThreadPool& pool) {
    const Json& want = json_["trained"];
    const Weighed loss;
    const Compiled c =
        compile(model_, {.mode = Mode::inspect, .capacity = rows_ + 2, .loss = &loss, .input_gradients = true}, pool);
    feed(c);
    fill(c, c.target, golden::read_tensor(want["cotangent"]).values);
    fill(c, c.seed, std::vector<double>(static_cast<std::size_t>(rows_), 1.0));
    c.executor->run(rows_, {});
    expect(numbers_of(c, c.outputs.front(), rows_), want["output"], "output");
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (want["inputGradients"][i].is_null()) continue;  // ids and lengths
      expect(numbers_of(c, c.gradients[c.inputs[i].index()], rows_), want["inputGradients"][i], "gradient of an input");
    }
    for (const auto& [name, gradient] : want["gradients"].items()) {
      expect(numbers_of(model_, "0." + name, Content::gradient), gradient, "gradient of " + name);
    }
    for (const auto& [name, state] : want["state"].items()) expect(numbers_of(model_, "0." + name), state, name);
  }

 private:
  static ModelOptions options(const Json& json, Precision precision) {
    std::vector<Sizes> shapes;
    for (const Json& input : json["inputs"]) {
      const auto sizes = input["shape"].get<Sizes>();
      shapes.emplace_back(sizes.begin() + 1, sizes.end());
    }
    return {.inputs = inputs(shapes), .precision = precision};
  }
  void feed(const Compiled& c) const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) fill(c, c.inputs[i], inputs_[i].values);
  }
  void expect(const std::vector<double>& got, const Json& want, const std::string& what) const {
    expect_close(got, golden::read_tensor(want).values, tolerance(model_.precision()), 0.1, what);
  }

  const Json& json_;
  Model model_;
  std::vector<golden::Tensor> inputs_;
  std::int64_t rows_ = 0;
};

class GoldenLayers : public testing::TestWithParam<std::size_t> {};

TEST_P(GoldenLayers, AgreeWithPyTorch) {
  const Json& json = golden_cases()[GetParam()];
  SCOPED_TRACE(json["layer"].dump());
  ThreadPool pool(1);
  for (const Precision precision : precisions()) {
    SCOPED_TRACE(precision == Precision::f64 ? "double" : "float");
    Case c(json, precision);
    c.check_evaluation(pool);
    if (json.contains("trained")) c.check_training(pool);
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenLayers, testing::Range(std::size_t{0}, golden_cases().size()), [](const auto& i) {
  return golden_cases()[i.param]["layer"]["type"].template get<std::string>() + "_" + std::to_string(i.param);
});

TEST(GoldenLayersCompleteness, EveryLayerIsThere) {
  std::set<std::string> seen;
  for (const Json& json : golden_cases()) seen.insert(json["layer"]["type"]);
  for (const LayerKind* kind : layers::all()) {
    EXPECT_TRUE(seen.contains(std::string(kind->name))) << kind->name << ": not in golden/layers.py";
  }
}

}  // namespace
}  // namespace trainyard::testing_layers
