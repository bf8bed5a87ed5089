// What metrics of measurements share.
#pragma once
#include "core/error.hpp"
#include "metrics/answers.hpp"

namespace trainyard::metrics {

struct RegressionMetric : Metric {
  MetricShape shape;

  template <class V>
  void visit(V& /*v*/) {}
  void prepare(const MetricShape& s, const std::string& path) override {
    if (s.ids) throw Error(ErrorCode::invalid_value, path, "f32", "i32", {"needs_dense_targets", name()});
    shape = s;
  }
};

}  // namespace trainyard::metrics
