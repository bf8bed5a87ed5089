// The optimizer's rate throughout.
#include "schedules/all.hpp"

namespace trainyard::schedules {
namespace {

struct Constant : Schedule {
  template <class V>
  void visit(V& /*v*/) {}
  [[nodiscard]] double lr(const Course& course, std::int64_t /*step*/) const override { return course.lr; }
};

}  // namespace

constinit const Kind<Schedule> constant = make_kind<Constant, Schedule>("constant");

}  // namespace trainyard::schedules
