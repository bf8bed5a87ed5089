// The list of schedules.
#pragma once
#include "core/kinds.hpp"
#include "schedules/schedule.hpp"

#define TRAINYARD_SCHEDULES(X) \
  X(constant)                  \
  X(step)                      \
  X(linear)                    \
  X(cosine)                    \
  X(one_cycle)                 \
  X(reduce_on_plateau)         \
  X(warmup)

namespace trainyard::schedules {

#define X(kind) extern const Kind<Schedule> kind;
TRAINYARD_SCHEDULES(X)
#undef X

}  // namespace trainyard::schedules
