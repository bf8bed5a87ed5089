// Times gamma every stepSize epochs (StepLR).
#include "core/portable_math.hpp"
#include "schedules/all.hpp"
#include "schedules/unit.hpp"

namespace trainyard::schedules {
namespace {

struct Step : Schedule {
  std::int64_t stepSize = 1;
  double gamma = 0.1;
  Unit unit{"epoch"};

  template <class V>
  void visit(V& v) {
    v.required("stepSize", stepSize, at_least_one);
    v("gamma", gamma, not_negative);
    unit.visit(v);
  }
  [[nodiscard]] double lr(const Course& course, std::int64_t step) const override {
    const std::int64_t times = unit.count(course, step) / stepSize;
    return course.lr * portable::power(gamma, static_cast<std::uint64_t>(times));
  }
};

}  // namespace

constinit const Kind<Schedule> step = make_kind<Step, Schedule>("step");

}  // namespace trainyard::schedules
