// Loss and metrics of a model on a data set, at once.
#pragma once
#include <memory>

#include "core/json.hpp"
#include "train/evaluator.hpp"

namespace trainyard {

/// Options: loss ("crossEntropy"), metrics ([]), target (the first). Returns {loss, accuracy, …}.
[[nodiscard]] Json evaluate(const Model& model, std::shared_ptr<const Dataset> data, const Json& options,
                            ThreadPool& pool);

}  // namespace trainyard
