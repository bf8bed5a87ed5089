// Learning-rate schedules: the rate of each step, from the optimizer's own rate. Names and options are those of
// torch.optim.lr_scheduler in camelCase; a schedule counts steps or, where its `unit` says so, whole epochs.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/json.hpp"

namespace trainyard {

/// What a schedule knows of its run. The rate may change while running: a schedule scales it.
struct Course {
  double lr = 1e-3;              ///< the optimizer's
  std::int64_t total_steps = 1;  ///< of the whole run
  std::int64_t steps_per_epoch = 1;
};

class Schedule {
 public:
  Schedule() = default;
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  Schedule(Schedule&&) = default;
  Schedule& operator=(Schedule&&) = default;
  virtual ~Schedule() = default;

  /// The rate of update `step`, which counts from 0. Allocates nothing.
  [[nodiscard]] virtual double lr(const Course& course, std::int64_t step) const = 0;

  /// The metric that the schedule wants to see ("loss", "accuracy"); "" if none.
  [[nodiscard]] virtual std::string_view monitor() const { return {}; }
  /// Tells it, once and before it sees any, whether that metric gets better by rising.
  virtual void expect(bool rises) { static_cast<void>(rises); }
  /// Shows it the metric, once an epoch.
  virtual void observe(const Course& course, double metric) {
    static_cast<void>(course);
    static_cast<void>(metric);
  }
};

/// "cosine" or {"type": "step", "stepSize": 3, …}. Throws UNKNOWN_LAYER, UNKNOWN_OPTION, INVALID_VALUE, ….
[[nodiscard]] std::unique_ptr<Schedule> parse_schedule(const Json& description, const std::string& path = "schedule");

/// [{"name", "options"}] of every schedule.
[[nodiscard]] Json describe_schedules();

}  // namespace trainyard
