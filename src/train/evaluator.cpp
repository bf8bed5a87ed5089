#include "train/evaluator.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace trainyard {
namespace {

/// Rows of one chunk: large enough for full tiles, small enough to answer a pause in between.
constexpr Row chunk_rows = 256;

}  // namespace

Evaluator::Evaluator(const Model& model, std::shared_ptr<const Dataset> data, const Loss& loss, const Json& metrics,
                     const std::string& target, ThreadPool& pool)
    : data_(std::move(data)), loss_(loss), feed_(model, *data_) {
  feed_.need_target(target);
  const ValueType& output = model.outputs().front().second;
  feed_.check_target(loss, output);
  scores_ = Scores(metrics, output, feed_.target_type(), loss, "metrics");
  CompileOptions options;
  options.mode = Mode::evaluate;
  options.capacity = std::min(chunk_rows, data_->rows());
  options.loss = &loss;
  options.target = feed_.target_type();
  compiled_ = compile(model, options, pool);
  rows_.resize(static_cast<std::size_t>(options.capacity));
  weights_.resize(rows_.size());
}

void Evaluator::start() {
  next_ = 0;
  loss_sum_ = 0;
  divisor_ = 0;
  scores_.reset();
}

bool Evaluator::advance() {
  const Row left = data_->rows() - next_;
  if (left == 0) return false;
  const auto rows = std::span(rows_).first(std::min<std::size_t>(rows_.size(), left));
  std::iota(rows.begin(), rows.end(), next_);
  next_ += static_cast<Row>(rows.size());
  const auto weights = std::span(weights_).first(rows.size());
  feed_.gather(rows, compiled_);
  const double divisor = feed_.seed(rows, compiled_, loss_, weights);
  compiled_.executor->run(static_cast<std::int64_t>(rows.size()), {});
  loss_sum_ += mean_loss(compiled_, weights, divisor) * divisor;
  divisor_ += divisor;
  if (!scores_.empty()) {
    scores_.update(compiled_, rows.size(),
                   data_->weighted() ? std::span<const double>(weights) : std::span<const double>());
  }
  return next_ < data_->rows();
}

Json Evaluator::result() const {
  Json result = json_object("loss", divisor_ > 0 ? loss_sum_ / divisor_ : 0.0, "rows", next_);
  if (!scores_.empty()) result.update(scores_.result());
  return result;
}

}  // namespace trainyard
