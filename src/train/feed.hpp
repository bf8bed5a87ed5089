// Carries rows of a data set into a plan's inputs, targets and loss weights.
#pragma once
#include <span>
#include <vector>

#include "data/dataset.hpp"
#include "losses/loss.hpp"
#include "train/compile.hpp"

namespace trainyard {

/// Which column feeds which input. One input and one column need not have the same name.
class Feed {
 public:
  /// Throws MISSING_OPTION (path: the input) where a column is missing, SHAPE_MISMATCH where it does not fit,
  /// INVALID_LABEL (path: "x[17, 3]") for an id or a length that the model cannot take.
  Feed(const Model& model, const Dataset& source);

  /// The data's target column, the first unless named. Throws MISSING_OPTION if the data has none.
  void need_target(const std::string& name = "");
  [[nodiscard]] ValueType target_type() const;
  /// Throws INVALID_LABEL unless all class ids are classes of the output; SHAPE_MISMATCH if targets do not fit at all.
  void check_target(const Loss& loss, const ValueType& output) const;

  /// Writes the rows' inputs, and target if the plan has one; with a pool all its threads do. Allocates nothing.
  void gather(std::span<const Row> rows, const Compiled& c, ThreadPool* pool = nullptr) const;
  /// Writes the gradient of the loss, weight / divisor a row, or weight / `over` where that is given; returns the
  /// divisor. `weights` has room for the rows.
  double seed(std::span<const Row> rows, const Compiled& c, const Loss& loss, std::span<double> weights,
              double over = 0) const;

  [[nodiscard]] const Dataset& source() const { return source_; }

 private:
  const Dataset& source_;
  std::vector<std::size_t> columns_;  ///< by input
  std::size_t target_ = 0;
};

/// Sum of weight_i loss_i / divisor, in double and in order.
[[nodiscard]] double mean_loss(const Compiled& c, std::span<const double> weights, double divisor);

}  // namespace trainyard
