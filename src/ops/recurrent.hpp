// Attributes of rnn, lstm and gru, for the layers that describe them and whoever goes on from a kept state.
#pragma once
#include "graph/stepping.hpp"
#include "kernels/recurrent.hpp"

namespace trainyard::ops {

struct RecurrentAttributes {
  kernels::Cell cell = kernels::Cell::rnn_tanh;  ///< lstm and gru set theirs
  bool reverse = false;
};

/// Outputs of rnn, lstm and gru: the sequence is output 0.
inline constexpr std::size_t last_state = 1;  ///< [*, H]
inline constexpr std::size_t last_cell = 3;   ///< [*, H], of lstm
/// Inputs that a step can go on from.
inline constexpr std::size_t first_state = 4, first_cell = 5;

/// Step rule of the three: the state lies in a memory.
void step_recurrent(Stepping& s);

}  // namespace trainyard::ops
