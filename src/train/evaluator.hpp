// Loss and metrics over a data set, a chunk of rows at a time.
#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include "core/json.hpp"
#include "data/dataset.hpp"
#include "train/feed.hpp"
#include "train/scores.hpp"

namespace trainyard {

class Evaluator {
 public:
  /// `metrics`: a list of names or descriptions. Throws as parsing and compiling do; INVALID_LABEL.
  Evaluator(const Model& model, std::shared_ptr<const Dataset> data, const Loss& loss, const Json& metrics,
            const std::string& target, ThreadPool& pool);

  /// Forgets what was seen.
  void start();
  /// Evaluates the next chunk; false when all rows are done.
  bool advance();
  /// {loss, accuracy, …} over all rows.
  [[nodiscard]] Json result() const;
  [[nodiscard]] const Scores& scores() const { return scores_; }
  /// Of its plan.
  [[nodiscard]] std::size_t bytes() const { return compiled_.executor->bytes(); }

 private:
  std::shared_ptr<const Dataset> data_;
  const Loss& loss_;
  Feed feed_;
  Compiled compiled_;
  std::vector<Row> rows_;
  std::vector<double> weights_;
  Scores scores_;
  Row next_ = 0;
  double loss_sum_ = 0;
  double divisor_ = 0;
};

}  // namespace trainyard
