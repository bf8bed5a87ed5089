// Half a cosine from the optimizer's rate down to etaMin in tMax steps (CosineAnnealingLR; Loshchilov & Hutter 2017),
// and up again after them.
#include <optional>

#include "core/portable_math.hpp"
#include "schedules/all.hpp"
#include "schedules/unit.hpp"

namespace trainyard::schedules {
namespace {

struct Cosine : Schedule {
  std::optional<std::int64_t> tMax;  ///< null: the whole run
  double etaMin = 0;
  Unit unit{"step"};

  template <class V>
  void visit(V& v) {
    v("tMax", tMax, at_least_one);
    v("etaMin", etaMin, not_negative);
    unit.visit(v);
  }
  [[nodiscard]] double lr(const Course& course, std::int64_t step) const override {
    const std::int64_t period = tMax.value_or(unit.total(course));
    const std::int64_t place = unit.count(course, step) % (2 * period);
    const double angle = 3.141592653589793 * static_cast<double>(place) / static_cast<double>(period);
    return etaMin + (course.lr - etaMin) * (1 + portable::cos(angle)) / 2;
  }
};

}  // namespace

constinit const Kind<Schedule> cosine = make_kind<Cosine, Schedule>("cosine");

}  // namespace trainyard::schedules
