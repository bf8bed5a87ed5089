// Times `factor` when the metric has not improved for more than `patience` epochs (ReduceLROnPlateau). The mode "auto",
// as Keras has it, takes from the metric whether it should fall or rise.
#include <algorithm>

#include "schedules/all.hpp"

namespace trainyard::schedules {
namespace {

struct ReduceOnPlateau : Schedule {
  std::string watched = "loss";
  std::string mode = "auto";
  double factor = 0.1;
  std::int64_t patience = 10;
  double threshold = 1e-4;
  std::string thresholdMode = "rel";
  std::int64_t cooldown = 0;
  double minLr = 0;
  double eps = 1e-8;

  template <class V>
  void visit(V& v) {
    v("monitor", watched);
    v("mode", mode, Choices{"auto", "min", "max"});
    v("factor", factor, Range{.min = 0, .max = 1, .open_max = true});
    v("patience", patience, not_negative);
    v("threshold", threshold, not_negative);
    v("thresholdMode", thresholdMode, Choices{"rel", "abs"});
    v("cooldown", cooldown, not_negative);
    v("minLr", minLr, not_negative);
    v("eps", eps, not_negative);
  }

  [[nodiscard]] double lr(const Course& course, std::int64_t /*step*/) const override { return course.lr * scale_; }
  [[nodiscard]] std::string_view monitor() const override { return watched; }
  void expect(bool rises) override { rises_ = rises; }

  void observe(const Course& course, double metric) override {
    if (!seen_ || better(metric)) {
      seen_ = true;
      best_ = metric;
      bad_ = 0;
    } else {
      ++bad_;
    }
    if (resting_ > 0) {
      --resting_;
      bad_ = 0;
    }
    if (bad_ <= patience) return;
    const double old = course.lr * scale_;
    const double reduced = std::max(old * factor, minLr);
    if (old - reduced > eps) scale_ *= reduced / old;
    resting_ = cooldown;
    bad_ = 0;
  }

 private:
  [[nodiscard]] bool better(double metric) const {
    const bool rises = mode == "max" || (mode == "auto" && rises_);
    const double sign = rises ? 1 : -1;
    const double limit = thresholdMode == "rel" ? best_ * (1 + sign * threshold) : best_ + sign * threshold;
    return rises ? metric > limit : metric < limit;
  }

  bool rises_ = false;  ///< whether the metric gets better so
  bool seen_ = false;
  double best_ = 0;
  std::int64_t bad_ = 0;      ///< epochs since the best
  std::int64_t resting_ = 0;  ///< epochs of cooldown left
  double scale_ = 1;
};

}  // namespace

constinit const Kind<Schedule> reduce_on_plateau = make_kind<ReduceOnPlateau, Schedule>("reduceOnPlateau");

}  // namespace trainyard::schedules
