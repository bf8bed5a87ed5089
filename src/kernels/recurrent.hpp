// Recurrent cells over whole sequences, one direction: an Elman network (tanh or ReLU), LSTM (Hochreiter and
// Schmidhuber 1997, with the forget gate of Gers et al. 2000) and GRU (Cho et al. 2014, in cuDNN's form: the reset gate
// after the product). Equations and gate orders are torch.nn.RNN's, LSTM's (i, f, g, o) and GRU's (r, z, n).
//
// What a step takes from the input, x W_ih^T + b, is one product over all steps and comes from outside. Inside, W_hh is
// packed once; a step is a product of few rows and one fused pass over the gates. Rows of the batch never meet, so any
// cut into rows gives the same bits.
#pragma once
#include <cstddef>
#include <cstdint>

namespace trainyard::kernels {

enum class Cell : std::uint8_t { rnn_tanh, rnn_relu, lstm, gru };

/// Gates of a cell: the widths of its products in multiples of `hidden`.
[[nodiscard]] constexpr std::int64_t cell_gates(Cell c) noexcept {
  return c == Cell::lstm ? 4 : c == Cell::gru ? 3 : 1;
}
/// What a step keeps for the gradient, in multiples of `hidden`: i, f, g, o and the new c; r, z, n and h W_hn^T + b_hn.
[[nodiscard]] constexpr std::int64_t cell_saved(Cell c) noexcept {
  return c == Cell::lstm ? 5 : c == Cell::gru ? 4 : 0;
}

struct Recurrence {
  Cell cell = Cell::lstm;
  bool reverse = false;  ///< from a row's last valid step to its first
  std::int64_t steps = 0, hidden = 0;
  const std::int32_t* lengths = nullptr;  ///< [*]: valid steps of a row, 1 … steps; null: all. Behind them the output
                                          ///< is 0 and the state stays.
};

/// G = cell_gates hidden, S = cell_saved hidden. Pointers at row 0.
template <class T>
struct RecurrentForward {
  const T* gates = nullptr;  ///< [*, steps, G]: from the input, bias included
  const T* w = nullptr;      ///< [hidden, G]: W_hh^T
  const T* bias = nullptr;   ///< [G]: b_hh; null: none
  const T* h0 = nullptr;     ///< [*, hidden]; null: zeros
  const T* c0 = nullptr;     ///< the same (LSTM)
  T* y = nullptr;            ///< [*, steps, hidden]
  T* h = nullptr;            ///< [*, hidden]: the last valid state
  T* c = nullptr;            ///< the same (LSTM)
  T* saved = nullptr;        ///< [*, steps, S] (LSTM, GRU)
};

template <class T>
struct RecurrentBackward {
  const T* dy = nullptr;        ///< [*, steps, hidden]; null: zeros
  const T* dh_last = nullptr;   ///< [*, hidden]: of the last state; null: zeros
  const T* dc_last = nullptr;   ///< the same (LSTM)
  const T* w = nullptr;         ///< [hidden, G]
  const T* states = nullptr;    ///< [*, steps, hidden]: RNN: y; GRU: the state before each step
  const T* saved = nullptr;     ///< [*, steps, S]
  const T* c0 = nullptr;        ///< [*, hidden] (LSTM); null: zeros
  T* d_gates = nullptr;         ///< [*, steps, G]
  T* d_gates_hidden = nullptr;  ///< [*, steps, G]: of h W_hh^T + b_hh (GRU; for the others it is d_gates)
  T* dh = nullptr;              ///< [*, hidden]: of the first state
  T* dc = nullptr;              ///< the same (LSTM)
};

/// Bytes of scratch each thread needs for any rows.
template <class T>
[[nodiscard]] std::size_t recurrent_scratch_bytes(const Recurrence& r) noexcept;

template <class T>
void recurrent_forward(const Recurrence& r, const RecurrentForward<T>& p, std::int64_t row_begin, std::int64_t row_end,
                       std::byte* scratch) noexcept;
template <class T>
void recurrent_backward(const Recurrence& r, const RecurrentBackward<T>& p, std::int64_t row_begin,
                        std::int64_t row_end, std::byte* scratch) noexcept;

/// out[*, steps, hidden]: the state before each valid step, from the states y after it and h0 (null: zeros); 0 behind a
/// row's length.
template <class T>
void previous_states(const Recurrence& r, const T* y, const T* h0, T* out, std::int64_t row_begin,
                     std::int64_t row_end) noexcept;

}  // namespace trainyard::kernels
