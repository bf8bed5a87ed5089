#include "train/scores.hpp"

#include <algorithm>

namespace trainyard {

Scores::Scores(const Json& list, const ValueType& output, const ValueType& data, const Loss& loss,
               const std::string& path) {
  MetricShape shape;
  shape.width = output.shape.back();
  shape.positions = output.shape.size() / shape.width;
  shape.ids = loss.target(output, data).dtype == DType::i32;
  shape.ignored = loss.ignored();
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

std::size_t Scores::bytes() const {
  std::size_t sum = 0;
  for (const auto& metric : metrics_) sum += metric->gathered().size_bytes();
  return sum;
}

void Scores::write(std::span<std::byte> to) const {
  for (const auto& metric : metrics_) {
    const auto bytes = std::as_bytes(metric->gathered());
    std::ranges::copy(bytes, to.begin());
    to = to.subspan(bytes.size());
  }
}

void Scores::merge(std::span<const std::byte> from) {
  for (const auto& metric : metrics_) {
    const std::size_t count = metric->gathered().size();
    metric->merge({reinterpret_cast<const double*>(from.data()), count});
    from = from.subspan(count * sizeof(double));
  }
}

void Scores::merge(const Scores& other) {
  for (std::size_t i = 0; i < metrics_.size(); ++i) metrics_[i]->merge(other.metrics_[i]->gathered());
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
