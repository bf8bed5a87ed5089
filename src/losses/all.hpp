// The list of losses.
#pragma once
#include "losses/loss.hpp"

#define TRAINYARD_LOSSES(X) \
  X(crossEntropy)           \
  X(bceWithLogits)          \
  X(mse)                    \
  X(mae)                    \
  X(huber)

namespace trainyard::losses {

#define X(loss) extern const LossKind loss;
TRAINYARD_LOSSES(X)
#undef X

}  // namespace trainyard::losses
