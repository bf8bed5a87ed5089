#include "train/sharing.hpp"

#include <algorithm>

namespace trainyard {

void Sharing::measured(double milliseconds, std::int64_t steps) {
  if (fixed_) return;
  milliseconds_ += milliseconds;
  steps_ += steps;
  if (milliseconds_ < shortest_ms) return;
  const double now = milliseconds_ / static_cast<double>(steps_);
  milliseconds_ = 0;
  steps_ = 0;
  judge(now);
}

void Sharing::judge(double now) {
  if (count_ < 2 * trials) {
    if (++count_ > 2) least_[way_] = std::min(least_[way_], now);
    way_ = other(way_);
    if (count_ < 2 * trials) return;
    if (least_[other(chosen_)] < margin * least_[chosen_]) chosen_ = other(chosen_);
    way_ = chosen_;
    return;
  }
  if (way_ == chosen_) {
    least_[way_] = std::min(least_[way_], now);
    if (--left_ == 0) way_ = other(chosen_);
    return;
  }
  const bool faster = now < margin * least_[chosen_];
  if (faster) chosen_ = way_;
  wait_ = faster ? soonest : std::min(2 * wait_, latest);
  left_ = wait_;
  way_ = chosen_;
  least_ = {never, never};
}

}  // namespace trainyard
