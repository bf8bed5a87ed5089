// A model's graph and plan as text, before and after each pass: what the page, the documents and the curious read.
#pragma once
#include <string>

#include "core/json.hpp"
#include "core/parallel.hpp"
#include "train/model.hpp"

namespace trainyard {

/// Options: mode "predict" | "train"; for training the loss ("crossEntropy"); batchSize; stage: "" for all, or the
/// heading of one ("as built", "after fuse epilogue", …, "plan").
[[nodiscard]] std::string report(const Model& model, const Json& options, ThreadPool& pool);

}  // namespace trainyard
