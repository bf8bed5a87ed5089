#include "train/diagnosis.hpp"

#include <cmath>

namespace trainyard {
namespace {

template <class T>
bool all_finite(const T* x, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    if (!std::isfinite(x[i])) return false;
  }
  return true;
}

}  // namespace

std::string first_not_finite(const Compiled& inspected, std::int64_t rows) {
  const CpuExecutor& executor = *inspected.executor;
  const Plan& plan = executor.plan();
  const auto finite = [&](ValueId v) {
    const PlanValue& value = plan.values[v.index()];
    if (value.type.dtype != DType::f32 || executor.at(v) == nullptr) return true;
    const std::int64_t n = value.type.elements(rows);
    return plan.precision == Precision::f64 ? all_finite(executor.at<double>(v), n)
                                            : all_finite(executor.at<float>(v), n);
  };
  for (const PlanStep& step : plan.steps) {
    for (const ValueId v : step.inputs) {
      if (!v.valid() || finite(v)) continue;
      const PlanValue& value = plan.values[v.index()];
      return value.role == Role::input || value.role == Role::target ? value.name : step.path;
    }
    for (const ValueId v : step.outputs) {
      if (!finite(v)) return step.path;
    }
  }
  return "";
}

}  // namespace trainyard
