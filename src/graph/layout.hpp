// The two ops that the graph itself inserts: an image value's way in memory, [C, H, W] or [H, W, C].
#pragma once
#include "graph/op.hpp"

namespace trainyard::ops {

extern const Op to_channels_last;
extern const Op to_channels_first;

}  // namespace trainyard::ops
