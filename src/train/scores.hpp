// The metrics of a run or an evaluation, fed from a plan's outputs and target.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "metrics/metric.hpp"
#include "train/feed.hpp"

namespace trainyard {

class Scores {
 public:
  Scores() = default;
  /// `list`: names or descriptions. `data`: the type of the data's targets. Throws as parse_metrics and loss.target.
  Scores(const Json& list, const ValueType& output, const ValueType& data, const Loss& loss, const std::string& path);

  [[nodiscard]] bool empty() const { return metrics_.empty(); }
  void reset();
  /// Counts the rows that the plan has just computed. `weights`: one a row, or empty. Allocates nothing once the
  /// largest batch was seen.
  void update(const Compiled& c, std::size_t rows, std::span<const double> weights);
  /// Numbers that were gathered so far, written to bytes() bytes, and taken in from what others of the same
  /// list have written.
  [[nodiscard]] std::size_t bytes() const;
  void write(std::span<std::byte> to) const;
  void merge(std::span<const std::byte> from);
  void merge(const Scores& other);
  /// {accuracy: 0.97, …}
  [[nodiscard]] Json result() const;
  /// Which way is better; Goal::none for a name that is not in the list.
  [[nodiscard]] Goal goal(std::string_view name) const;

 private:
  std::vector<std::unique_ptr<Metric>> metrics_;
  std::vector<float> weights_;
};

}  // namespace trainyard
