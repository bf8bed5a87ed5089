// What a model gives for inputs.
#pragma once
#include <string>
#include <vector>

#include "core/options.hpp"
#include "data/dataset.hpp"
#include "train/feed.hpp"

namespace trainyard {

/// Numbers on their way out of the engine.
struct NamedArray {
  std::string name;
  std::vector<std::int64_t> shape;  ///< axis 0: rows; images channels first
  std::vector<float> numbers;
};

struct PredictOptions {
  std::string activation = "none";  ///< applied to every output: "softmax" or "sigmoid" turn scores into shares

  template <class V>
  void visit(V& v) {
    v("activation", activation, Choices{"none", "softmax", "sigmoid"});
  }
};

class Predictor {
 public:
  Predictor(const Model& model, ThreadPool& pool) : model_(model), pool_(pool) {}

  /// Every output of the model over all rows, in chunks. Throws SHAPE_MISMATCH if the data do not fit the model.
  [[nodiscard]] std::vector<NamedArray> predict(const Dataset& data, const PredictOptions& options = {});

  /// Computes the last chunk of the last prediction again: what a benchmark measures.
  void repeat(std::int64_t times);

 private:
  const Model& model_;
  ThreadPool& pool_;
  Compiled compiled_;
  std::int64_t capacity_ = 0;
  const Op* finish_ = nullptr;
  std::int64_t last_rows_ = 0;
};

}  // namespace trainyard
