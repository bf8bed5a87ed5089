// Metrics: what a model is worth on data, gathered batch by batch in double. All averages are weighted by the weights
// of the rows.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "core/shape.hpp"

namespace trainyard {

/// What a metric is made for. A model that answers at every place of a sequence has several positions a row.
struct MetricShape {
  std::int64_t width = 1;      ///< numbers an answer: logits of the classes; 1: one logit, or one measurement
  std::int64_t positions = 1;  ///< answers a row
  bool ids = false;            ///< targets are class ids; else dense, `width` numbers an answer
  /// An id that the loss passes over, so that its answers do not count.
  std::optional<std::int64_t> ignored = std::nullopt;
};

/// One batch. Numbers are float, or double with Precision::f64. Class ids were checked before: they are from 0 to below
/// the width (below 2 where it is 1), or the one that is ignored.
struct MetricBatch {
  const void* outputs = nullptr;      ///< [rows, positions, width]
  const std::int32_t* ids = nullptr;  ///< [rows, positions]
  const void* dense = nullptr;        ///< [rows, positions, width]
  const void* weights = nullptr;      ///< [rows]; null: each counts 1
  std::int64_t rows = 0;
  Precision precision = Precision::f32;
};

/// Which way is better, for early stopping.
enum class Goal : std::uint8_t { min, max, none };

class Metric {
 public:
  Metric() = default;
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;
  Metric(Metric&&) = default;
  Metric& operator=(Metric&&) = default;
  virtual ~Metric() = default;

  /// The key of its result: "accuracy", "top5".
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual Goal goal() const { return Goal::max; }
  /// Makes room; called once. Throws INVALID_VALUE (path) if it has no meaning for this shape.
  virtual void prepare(const MetricShape& shape, const std::string& path) = 0;
  virtual void reset() = 0;
  /// Allocates nothing.
  virtual void update(const MetricBatch& batch) = 0;
  /// A number, or what the metric says it is; null if there were no answers.
  [[nodiscard]] virtual Json result() const = 0;

  /// All that was gathered, as numbers that another metric of the same kind and shape can take in.
  [[nodiscard]] virtual std::span<double> gathered() = 0;
  /// Takes in what another one has gathered; unless the metric says otherwise, those are sums.
  virtual void merge(std::span<const double> other);
};

/// "accuracy" or {"type": "topK", "k": 3}. Throws UNKNOWN_LAYER, UNKNOWN_OPTION, INVALID_VALUE, ….
[[nodiscard]] std::unique_ptr<Metric> parse_metric(const Json& description, const MetricShape& shape,
                                                   const std::string& path = "metrics");
/// A list of them; throws INVALID_VALUE for two of the same name.
[[nodiscard]] std::vector<std::unique_ptr<Metric>> parse_metrics(const Json& list, const MetricShape& shape,
                                                                 const std::string& path = "metrics");

/// [{"name", "options"}] of every metric.
[[nodiscard]] Json describe_metrics();

}  // namespace trainyard
