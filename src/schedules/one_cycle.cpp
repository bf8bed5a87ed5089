// Up to the largest rate and down to almost nothing (OneCycleLR; Smith & Topin 2018). Momentum is left alone, as with
// PyTorch's cycle_momentum=False.
#include <algorithm>
#include <array>
#include <optional>

#include "core/portable_math.hpp"
#include "schedules/all.hpp"

namespace trainyard::schedules {
namespace {

struct OneCycle : Schedule {
  std::optional<double> maxLr;  ///< null: the optimizer's rate
  double pctStart = 0.3;
  std::string annealStrategy = "cos";
  double divFactor = 25;
  double finalDivFactor = 1e4;
  bool threePhase = false;

  template <class V>
  void visit(V& v) {
    v("maxLr", maxLr, positive);
    v("pctStart", pctStart, share);
    v("annealStrategy", annealStrategy, Choices{"cos", "linear"});
    v("divFactor", divFactor, positive);
    v("finalDivFactor", finalDivFactor, positive);
    v("threePhase", threePhase);
  }

  [[nodiscard]] double lr(const Course& course, std::int64_t step) const override {
    const double largest = maxLr.value_or(course.lr);
    const double first = largest / divFactor;
    const double last = first / finalDivFactor;
    const auto total = static_cast<double>(course.total_steps);
    const double top = pctStart * total - 1;
    // Phase i runs from place[i] to place[i + 1] and from rate[i] to rate[i + 1].
    const std::array<double, 4> place{0, top, threePhase ? 2 * pctStart * total - 2 : total - 1, total - 1};
    const std::array<double, 4> rate{first, largest, threePhase ? first : last, last};
    const std::size_t phases = threePhase ? 3 : 2;
    const double now = std::min(static_cast<double>(step), total - 1);
    std::size_t i = 0;
    while (i + 1 < phases && now > place[i + 1]) ++i;
    const double length = place[i + 1] - place[i];
    return between(rate[i], rate[i + 1], length > 0 ? (now - place[i]) / length : 1);
  }

 private:
  [[nodiscard]] double between(double from, double to, double done) const {
    if (annealStrategy == "linear") return from + (to - from) * done;
    return to + (from - to) / 2 * (1 + portable::cos(3.141592653589793 * done));
  }
};

}  // namespace

constinit const Kind<Schedule> one_cycle = make_kind<OneCycle, Schedule>("oneCycle");

}  // namespace trainyard::schedules
