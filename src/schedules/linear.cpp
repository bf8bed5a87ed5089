// From one factor to another in a straight line (LinearLR). Unlike there, the defaults are a decay to nothing over the
// whole run: PyTorch's (1/3 to 1 in five steps) are a warm-up, which is a schedule of its own here. With `hold` behind
// a warm-up it is warm-up, stable, decay (Hu et al. 2024, arXiv:2404.06395).
#include <algorithm>
#include <optional>

#include "schedules/all.hpp"
#include "schedules/unit.hpp"

namespace trainyard::schedules {
namespace {

struct Linear : Schedule {
  double startFactor = 1;
  double endFactor = 0;
  double hold = 0;                         ///< share of totalIters that stays at startFactor first
  std::optional<std::int64_t> totalIters;  ///< null: the whole run
  Unit unit{"step"};

  template <class V>
  void visit(V& v) {
    v("startFactor", startFactor, not_negative);
    v("endFactor", endFactor, not_negative);
    v("hold", hold, Range{.min = 0, .max = 1, .open_max = true});
    v("totalIters", totalIters, at_least_one);
    unit.visit(v);
  }
  [[nodiscard]] double lr(const Course& course, std::int64_t step) const override {
    const auto total = static_cast<double>(totalIters.value_or(unit.total(course)));
    const double place = static_cast<double>(unit.count(course, step)) / total;
    const double done = std::clamp((place - hold) / (1 - hold), 0.0, 1.0);
    return course.lr * (startFactor + (endFactor - startFactor) * done);
  }
};

}  // namespace

constinit const Kind<Schedule> linear = make_kind<Linear, Schedule>("linear");

}  // namespace trainyard::schedules
