#include "train/sharing.hpp"

namespace trainyard {

void Sharing::measured(double milliseconds, std::int64_t steps) {
  if (fixed_) return;
  milliseconds_ += milliseconds;
  steps_ += steps;
  if (milliseconds_ < shortest_ms) return;
  const double now = milliseconds_ / static_cast<double>(steps_);
  milliseconds_ = 0;
  steps_ = 0;
  double& average = per_step_[way_];
  ++count_;
  if (count_ > 2) average = average == 0 ? now : memory * average + (1 - memory) * now;
  if (count_ < 2 * trials) {
    way_ = other(way_);
    return;
  }
  const Way rival = other(chosen_);
  if (per_step_[rival] < margin * per_step_[chosen_]) chosen_ = rival;
  way_ = count_ % probe_every == 0 ? other(chosen_) : chosen_;
}

}  // namespace trainyard
