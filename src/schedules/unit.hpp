// What a schedule counts.
#pragma once
#include <cstdint>
#include <string>

#include "core/options.hpp"
#include "schedules/schedule.hpp"

namespace trainyard::schedules {

struct Unit {
  std::string name;  ///< "step" or "epoch"

  template <class V>
  void visit(V& v) {
    v("unit", name, Choices{"step", "epoch"});
  }
  /// Units that are over before `step`.
  [[nodiscard]] std::int64_t count(const Course& course, std::int64_t step) const {
    return name == "epoch" ? step / course.steps_per_epoch : step;
  }
  /// Units of the whole run.
  [[nodiscard]] std::int64_t total(const Course& course) const {
    return name == "epoch" ? (course.total_steps + course.steps_per_epoch - 1) / course.steps_per_epoch
                           : course.total_steps;
  }
};

}  // namespace trainyard::schedules
