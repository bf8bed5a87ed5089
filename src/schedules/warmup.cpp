// From startFactor of the rate up to all of it in `steps` steps, then another schedule over what is left of the run:
// SequentialLR of LinearLR and that schedule (Goyal et al. 2017).
#include "schedules/all.hpp"

namespace trainyard::schedules {
namespace {

struct WarmUp : Schedule {
  std::int64_t steps = 1;
  double startFactor = 1.0 / 3;
  std::unique_ptr<Schedule> after = parse_schedule("constant");

  template <class V>
  void visit(V& v) {
    v.required("steps", steps, at_least_one);
    v("startFactor", startFactor, share);
    const Json* description = v.raw("after");
    if constexpr (requires { v.path_of("after"); }) {
      if (description != nullptr) after = parse_schedule(*description, v.path_of("after"));
    }
  }

  [[nodiscard]] double lr(const Course& course, std::int64_t step) const override {
    if (step < steps) {
      const double done = static_cast<double>(step) / static_cast<double>(steps);
      return course.lr * (startFactor + (1 - startFactor) * done);
    }
    return after->lr(rest_of(course), step - steps);
  }
  [[nodiscard]] std::string_view monitor() const override { return after->monitor(); }
  void expect(bool rises) override { after->expect(rises); }
  void observe(const Course& course, double metric) override { after->observe(rest_of(course), metric); }

 private:
  [[nodiscard]] Course rest_of(Course course) const {
    course.total_steps = std::max<std::int64_t>(1, course.total_steps - steps);
    return course;
  }
};

}  // namespace

constinit const Kind<Schedule> warmup = make_kind<WarmUp, Schedule>("warmup");

}  // namespace trainyard::schedules
