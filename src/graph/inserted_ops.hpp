// The ops that the graph itself inserts or looks for. They are files of src/ops like any other; the graph only knows
// that they exist.
#pragma once
#include "graph/op.hpp"

namespace trainyard::ops {

extern const Op add;                // sums of gradients
extern const Op identity;           // a place of its own
extern const Op to_channels_last;   // an image value's way in memory: [C, H, W] as [H, W, C]
extern const Op to_channels_first;  // and back
extern const Op embedding;          // rows of a table by their numbers
extern const Op linear;             // what each row of its input gives depends on that row alone

}  // namespace trainyard::ops
