#include "train/predictor.hpp"

#include <algorithm>
#include <numeric>

#include "core/memory.hpp"
#include "ops/all.hpp"

namespace trainyard {
namespace {

/// Rows of one chunk: large enough for full tiles, small enough for the activations to stay in the caches.
constexpr std::int64_t chunk_rows = 256;

const Op* op_of(const std::string& activation) {
  if (activation == "softmax") return &ops::softmax;
  return activation == "sigmoid" ? &ops::sigmoid : nullptr;
}

}  // namespace

std::vector<NamedArray> Predictor::predict(const Dataset& data, const PredictOptions& predict) {
  const Feed feed(model_, data);
  const auto rows = static_cast<std::int64_t>(data.rows());
  // The plan serves any number of rows up to its capacity; it grows, and never shrinks.
  const Op* finish = op_of(predict.activation);
  if (const std::int64_t wanted = std::min(rows, chunk_rows); wanted > capacity_ || finish != finish_) {
    CompileOptions options;
    options.capacity = std::max(wanted, capacity_);
    options.finish = finish;
    compiled_ = compile(model_, options, pool_);
    capacity_ = options.capacity;
    finish_ = finish;
  }
  std::vector<NamedArray> outputs;
  for (const auto& [name, type] : model_.outputs()) {
    NamedArray array{name, {rows}, {}};
    array.shape.insert(array.shape.end(), type.shape.dims().begin(), type.shape.dims().end());
    require_memory(static_cast<std::uint64_t>(type.elements(rows)) * sizeof(float), "outputs");
    array.numbers.resize(static_cast<std::size_t>(type.elements(rows)));
    outputs.push_back(std::move(array));
  }
  std::vector<Row> chunk;
  for (std::int64_t begin = 0; begin < rows; begin += capacity_) {
    last_rows_ = std::min(capacity_, rows - begin);
    chunk.resize(static_cast<std::size_t>(last_rows_));
    std::iota(chunk.begin(), chunk.end(), static_cast<Row>(begin));
    feed.gather(chunk, compiled_);
    compiled_.executor->run(last_rows_, {});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::int64_t width = model_.outputs()[i].second.shape.size();
      const float* from = compiled_.executor->at<float>(compiled_.outputs[i]);
      std::copy_n(from, last_rows_ * width, outputs[i].numbers.data() + begin * width);
    }
  }
  return outputs;
}

void Predictor::repeat(std::int64_t times) {
  for (std::int64_t i = 0; i < times && last_rows_ > 0; ++i) compiled_.executor->run(last_rows_, {});
}

}  // namespace trainyard
