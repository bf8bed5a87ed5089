#include "train/scores.hpp"

namespace trainyard {

Scores::Scores(const Json& list, const ValueType& output, const ValueType& target, const std::string& path) {
  MetricShape shape;
  shape.width = output.shape.back();
  shape.positions = output.shape.size() / shape.width;
  shape.ids = target.dtype == DType::i32;
  metrics_ = parse_metrics(list, shape, path);
}

void Scores::reset() {
  for (const auto& metric : metrics_) metric->reset();
}

void Scores::update(const Compiled& c, std::size_t rows, std::span<const double> weights) {
  MetricBatch batch;
  batch.outputs = c.executor->at(c.outputs.front());
  batch.precision = c.executor->plan().precision;
  batch.rows = static_cast<std::int64_t>(rows);
  const bool ids = c.executor->plan().values[c.target.index()].type.dtype == DType::i32;
  if (ids) {
    batch.ids = c.executor->at<std::int32_t>(c.target);
  } else {
    batch.dense = c.executor->at(c.target);
  }
  if (!weights.empty() && batch.precision == Precision::f64) batch.weights = weights.data();
  if (!weights.empty() && batch.precision == Precision::f32) {
    weights_.assign(weights.begin(), weights.end());
    batch.weights = weights_.data();
  }
  for (const auto& metric : metrics_) metric->update(batch);
}

Json Scores::result() const {
  Json result = Json::object();
  for (const auto& metric : metrics_) result[metric->name()] = metric->result();
  return result;
}

Goal Scores::goal(std::string_view name) const {
  for (const auto& metric : metrics_) {
    if (metric->name() == name) return metric->goal();
  }
  return Goal::none;
}

}  // namespace trainyard
