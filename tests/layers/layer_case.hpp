// One declaration says what a layer gives and refuses. From it layer_case_test.cpp derives the checks of shapes,
// parameters and state dicts, and completeness_test.cpp that no layer was forgotten; what its numbers are stands in
// golden/layers.json.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/json.hpp"
#include "train/model.hpp"

namespace trainyard::testing_layers {

/// Sizes of one example, without the axis of rows.
using Sizes = std::vector<std::int64_t>;

struct Good {
  Json layer;
  std::vector<Sizes> inputs;
  Sizes output;
  std::vector<std::pair<std::string, Sizes>> parameters = {};  ///< as PyTorch has them, state included, in its order
  std::string formula = {};                                    ///< of the ledger
};

struct Bad {
  Json layer;
  std::vector<Sizes> inputs;
  ErrorCode code;
  std::string path, expected, got;
  std::string hint = {};  ///< its argument
};

struct LayerCase {
  std::string layer;
  std::vector<Good> good;
  std::vector<Bad> bad;
};

/// All declared cases.
[[nodiscard]] const std::vector<LayerCase>& cases();

/// Declares a case: one at namespace scope for each layer.
struct Declare {
  explicit Declare(LayerCase c);
};

/// The layer as a network: a sequence of one for one input, else a node between inputs "a", "b", ….
[[nodiscard]] Json network(const Json& layer, std::size_t inputs);
[[nodiscard]] std::vector<ModelInput> inputs(const std::vector<Sizes>& shapes);

}  // namespace trainyard::testing_layers
