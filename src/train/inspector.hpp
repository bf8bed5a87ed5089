// Every value on the way of a few examples through a model: what pictures, slow motion and questions are made of.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.hpp"
#include "train/feed.hpp"
#include "train/predictor.hpp"

namespace trainyard {

struct InspectOptions {
  Json loss;                        ///< description of a loss; none: no loss and no gradients
  bool gradients = false;           ///< of the loss by every value, and by the parameters; needs a loss and targets
  bool training = false;            ///< as while training: dropout drops, batch norm looks at the batch
  std::vector<std::string> values;  ///< names or paths of layers; empty: all

  template <class V>
  void visit(V& v) {
    if (const Json* value = v.raw("loss")) loss = *value;
    v("gradients", gradients);
    v("training", training);
    v("values", values);
  }
};

/// A value that was kept.
struct Inspected {
  NamedArray array;   ///< name: the layer's short name; numbers in users' layout (channels first)
  std::string layer;  ///< its path: "layers[3] conv2d"
  std::string op;
  std::string_view role;  ///< "input", "activation", "attention" (weights [*, heads, Tq, Tk]), "loss" or "gradient"
};

class Inspector {
 public:
  Inspector(const Model& model, ThreadPool& pool) : model_(model), pool_(pool) {}

  /// Runs all rows at once with every value kept, nothing fused. With gradients the parameters' gradients are those of
  /// this run afterwards. Throws as compiling does; MISSING_OPTION for gradients without a loss.
  [[nodiscard]] std::vector<Inspected> inspect(const Dataset& data, const Json& options);

 private:
  const Model& model_;
  ThreadPool& pool_;
  // The last plan: pictures ask for the same again and again.
  std::string made_for_;
  std::unique_ptr<Loss> loss_;
  Compiled compiled_;
};

}  // namespace trainyard
