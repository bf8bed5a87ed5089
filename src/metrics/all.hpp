// The list of metrics.
#pragma once
#include "core/kinds.hpp"
#include "metrics/metric.hpp"

#define TRAINYARD_METRICS(X) \
  X(accuracy)                \
  X(top_k)                   \
  X(precision)               \
  X(recall)                  \
  X(f1)                      \
  X(confusion_matrix)        \
  X(mae)                     \
  X(rmse)                    \
  X(r2)

namespace trainyard::metrics {

#define X(kind) extern const Kind<Metric> kind;
TRAINYARD_METRICS(X)
#undef X

}  // namespace trainyard::metrics
