#include "kernels/recurrent.hpp"

#include <algorithm>

#include "kernels/activation.hpp"
#include "kernels/gemm/gemm.hpp"
#include "kernels/reduce.hpp"
#include "kernels/scratch.hpp"

namespace trainyard::kernels {
namespace {

using Index = std::ptrdiff_t;

/// Rows that go through time together: their states and gates stay in the caches.
constexpr std::int64_t row_block = 48;

/// One step of one row. x: gates from the input; z: from the state before; h and c become the new state.
template <class T>
using Step = void (*)(Index n, const T* x, const T* z, T* h, T* c, T* y, T* saved) noexcept;

template <class T, Activation A>
void step_rnn(Index n, const T* x, const T* z, T* h, T* /*c*/, T* y, T* /*saved*/) noexcept {
  over_columns<T>(0, n, [&](Index j, auto load, auto store) {
    const auto next = activate<A, T>(load(x + j) + load(z + j), T(0));
    store(h + j, next);
    store(y + j, next);
  });
}

template <class T>
void step_lstm(Index n, const T* x, const T* z, T* h, T* c, T* y, T* saved) noexcept {
  over_columns<T>(0, n, [&](Index j, auto load, auto store) {
    const auto sum = [&](Index gate) { return load(x + gate * n + j) + load(z + gate * n + j); };
    // Each is stored before the next is begun: else the constants of all are kept, more of them than there are
    // registers.
    const auto i = simd::sigmoid<T>(sum(0));
    store(saved + j, i);
    const auto f = simd::sigmoid<T>(sum(1));
    store(saved + n + j, f);
    const auto g = simd::tanh(sum(2));
    store(saved + 2 * n + j, g);
    const auto cell = simd::madd<T>(f, load(c + j), i * g);
    store(saved + 4 * n + j, cell);
    store(c + j, cell);
    const auto o = simd::sigmoid<T>(sum(3));
    store(saved + 3 * n + j, o);
    const auto next = o * simd::tanh(cell);
    store(h + j, next);
    store(y + j, next);
  });
}

template <class T>
void step_gru(Index n, const T* x, const T* z, T* h, T* /*c*/, T* y, T* saved) noexcept {
  over_columns<T>(0, n, [&](Index j, auto load, auto store) {
    const auto r = simd::sigmoid<T>(load(x + j) + load(z + j));
    store(saved + j, r);
    const auto u = simd::sigmoid<T>(load(x + n + j) + load(z + n + j));
    store(saved + n + j, u);
    const auto q = load(z + 2 * n + j);
    store(saved + 3 * n + j, q);
    const auto fresh = simd::tanh(simd::madd<T>(r, q, load(x + 2 * n + j)));
    store(saved + 2 * n + j, fresh);
    const auto next = simd::madd<T>(u, load(h + j) - fresh, fresh);
    store(h + j, next);
    store(y + j, next);
  });
}

template <class T>
Step<T> step_of(Cell cell) {
  switch (cell) {
    case Cell::rnn_tanh: return &step_rnn<T, Activation::tanh>;
    case Cell::rnn_relu: return &step_rnn<T, Activation::relu>;
    case Cell::gru: return &step_gru<T>;
    case Cell::lstm: break;
  }
  return &step_lstm<T>;
}

/// The gradient of one step of one row. before: the state before the step (GRU), the cell before it (LSTM), the state
/// after it (RNN). dh and dc hold the gradient of the state after the step; c's becomes that before it, h's what does
/// not go through W_hh.
template <class T>
using StepBack = void (*)(Index n, const T* saved, const T* before, T* dh, T* dc, T* dx, T* dz) noexcept;

template <class T, Activation A>
void step_back_rnn(Index n, const T* /*saved*/, const T* after, T* dh, T* /*dc*/, T* dx, T* /*dz*/) noexcept {
  over_columns<T>(0, n, [&](Index j, auto load, auto store) {
    store(dx + j, load(dh + j) * derivative<A, T>(load(after + j), load(after + j), T(0)));
    store(dh + j, simd::Vec<T>(T(0)));
  });
}

template <class T>
void step_back_lstm(Index n, const T* saved, const T* before, T* dh, T* dc, T* dx, T* /*dz*/) noexcept {
  const simd::Vec<T> one = simd::one<T>();
  over_columns<T>(0, n, [&](Index j, auto load, auto store) {
    const auto i = load(saved + j);
    const auto f = load(saved + n + j);
    const auto g = load(saved + 2 * n + j);
    const auto o = load(saved + 3 * n + j);
    const auto t = simd::tanh(load(saved + 4 * n + j));
    const auto d = load(dh + j);
    const auto cell = simd::madd<T>(d * o, simd::nmadd<T>(t, t, one), load(dc + j));
    store(dx + j, cell * g * simd::nmadd<T>(i, i, i));
    store(dx + n + j, cell * load(before + j) * simd::nmadd<T>(f, f, f));
    store(dx + 2 * n + j, cell * i * simd::nmadd<T>(g, g, one));
    store(dx + 3 * n + j, d * t * simd::nmadd<T>(o, o, o));
    store(dc + j, cell * f);
    store(dh + j, simd::Vec<T>(T(0)));
  });
}

template <class T>
void step_back_gru(Index n, const T* saved, const T* before, T* dh, T* /*dc*/, T* dx, T* dz) noexcept {
  const simd::Vec<T> one = simd::one<T>();
  over_columns<T>(0, n, [&](Index j, auto load, auto store) {
    const auto r = load(saved + j);
    const auto u = load(saved + n + j);
    const auto fresh = load(saved + 2 * n + j);
    const auto q = load(saved + 3 * n + j);
    const auto d = load(dh + j);
    const auto d_fresh = d * (one - u) * simd::nmadd<T>(fresh, fresh, one);
    const auto d_r = d_fresh * q * simd::nmadd<T>(r, r, r);
    const auto d_u = d * (load(before + j) - fresh) * simd::nmadd<T>(u, u, u);
    store(dx + j, d_r);
    store(dx + n + j, d_u);
    store(dx + 2 * n + j, d_fresh);
    store(dz + j, d_r);
    store(dz + n + j, d_u);
    store(dz + 2 * n + j, d_fresh * r);
    store(dh + j, d * u);
  });
}

template <class T>
StepBack<T> step_back_of(Cell cell) {
  switch (cell) {
    case Cell::rnn_tanh: return &step_back_rnn<T, Activation::tanh>;
    case Cell::rnn_relu: return &step_back_rnn<T, Activation::relu>;
    case Cell::gru: return &step_back_gru<T>;
    case Cell::lstm: break;
  }
  return &step_back_lstm<T>;
}

/// Everything in pointer-sized integers, and which steps of a row count.
struct Sizes {
  Index steps, n, g, s;
  bool reverse;
  const std::int32_t* lengths;

  explicit Sizes(const Recurrence& r)
      : steps(static_cast<Index>(r.steps)),
        n(static_cast<Index>(r.hidden)),
        g(static_cast<Index>(cell_gates(r.cell)) * n),
        s(static_cast<Index>(cell_saved(r.cell)) * n),
        reverse(r.reverse),
        lengths(r.lengths) {}

  [[nodiscard]] Index length(Index row) const {
    return lengths == nullptr ? steps : std::clamp<Index>(lengths[row], 0, steps);
  }
  [[nodiscard]] Index longest(Index begin, Index end) const {
    if (lengths == nullptr) return steps;
    Index most = 0;
    for (Index row = begin; row < end; ++row) most = std::max(most, length(row));
    return most;
  }
  /// The step before step t of a row; negative or not below its length: the initial state.
  [[nodiscard]] Index before(Index t) const { return reverse ? t + 1 : t - 1; }
};

template <class T>
struct Parts {
  T *packed, *gates, *zeros;
  std::byte* gemm;
};

/// A copy of W_hh pays when more than one step reads it.
constexpr bool packs(const Recurrence& r) { return r.steps > 1; }

/// With a null start only measures.
template <class T>
Parts<T> parts(const Recurrence& r, std::byte* start, std::size_t& used) {
  const std::int64_t g = cell_gates(r.cell) * r.hidden;
  ScratchParts scratch(start);
  Parts<T> p{};
  if (packs(r)) {
    p.packed = scratch.take<T>(
        static_cast<Index>(std::max(gemm_packed_numbers<T>(g, r.hidden), gemm_packed_numbers<T>(r.hidden, g))));
  }
  p.gates = scratch.take<T>(static_cast<Index>(row_block * g));
  p.zeros = scratch.take<T>(static_cast<Index>(r.hidden));
  p.gemm = scratch.take<std::byte>(
      static_cast<Index>(std::max(gemm_scratch_bytes<T>(Transpose::nn, row_block, g, r.hidden),
                                  gemm_scratch_bytes<T>(Transpose::nt, row_block, r.hidden, g))));
  used = scratch.used();
  return p;
}

template <class T>
void pack(const Recurrence& r, Gemm<T>& g, T* panels) {
  if (!packs(r)) return;
  gemm_pack_b(g, panels);
  g.packed = panels;
}

template <class T>
void copy_or_zero(const T* from, Index n, T* to) {
  if (from == nullptr) {
    std::fill_n(to, n, T(0));
  } else {
    std::copy_n(from, n, to);
  }
}

}  // namespace

template <class T>
std::size_t recurrent_scratch_bytes(const Recurrence& r) noexcept {
  std::size_t used = 0;
  parts<T>(r, nullptr, used);
  return used;
}

template <class T>
void recurrent_forward(const Recurrence& r, const RecurrentForward<T>& p, std::int64_t row_begin, std::int64_t row_end,
                       std::byte* scratch) noexcept {
  const Sizes z(r);
  std::size_t used = 0;
  const Parts<T> own = parts<T>(r, scratch, used);
  const Step<T> step = step_of<T>(r.cell);
  const auto last = static_cast<Index>(row_end);
  Gemm<T> product{.n = z.g, .k = z.n, .b = p.w, .c = own.gates, .bias = p.bias};
  pack(r, product, own.packed);
  for (auto first = static_cast<Index>(row_begin); first < last; first += row_block) {
    const Index end = std::min<Index>(first + row_block, last);
    const Index longest = z.longest(first, end);
    for (Index row = first; row < end; ++row) {
      copy_or_zero(p.h0 == nullptr ? nullptr : p.h0 + row * z.n, z.n, p.h + row * z.n);
      if (p.c != nullptr) copy_or_zero(p.c0 == nullptr ? nullptr : p.c0 + row * z.n, z.n, p.c + row * z.n);
    }
    product.m = end - first;
    product.a = p.h + first * z.n;
    for (Index i = 0; i < z.steps; ++i) {
      const Index t = z.reverse ? z.steps - 1 - i : i;
      if (t < longest) gemm(product, 0, product.m, own.gemm);
      for (Index row = first; row < end; ++row) {
        const Index at = row * z.steps + t;
        if (t < z.length(row)) {
          step(z.n, p.gates + at * z.g, own.gates + (row - first) * z.g, p.h + row * z.n,
               p.c == nullptr ? nullptr : p.c + row * z.n, p.y + at * z.n,
               p.saved == nullptr ? nullptr : p.saved + at * z.s);
        } else {
          std::fill_n(p.y + at * z.n, z.n, T(0));
          if (p.saved != nullptr) std::fill_n(p.saved + at * z.s, z.s, T(0));
        }
      }
    }
  }
}

template <class T>
void recurrent_backward(const Recurrence& r, const RecurrentBackward<T>& p, std::int64_t row_begin,
                        std::int64_t row_end, std::byte* scratch) noexcept {
  const Sizes z(r);
  std::size_t used = 0;
  const Parts<T> own = parts<T>(r, scratch, used);
  const StepBack<T> step = step_back_of<T>(r.cell);
  const auto last = static_cast<Index>(row_end);
  std::fill_n(own.zeros, z.n, T(0));
  Gemm<T> product{.transpose = Transpose::nt, .n = z.n, .k = z.g, .a = own.gates, .b = p.w, .accumulate = true};
  pack(r, product, own.packed);
  /// The state or cell before step t of a row, or after it, as the cell's gradient wants.
  const auto beside = [&](Index row, Index t) -> const T* {
    if (r.cell != Cell::lstm) return p.states + (row * z.steps + t) * z.n;
    const Index before = z.before(t);
    if (before >= 0 && before < z.length(row)) return p.saved + (row * z.steps + before) * z.s + 4 * z.n;
    return p.c0 == nullptr ? own.zeros : p.c0 + row * z.n;
  };
  for (auto first = static_cast<Index>(row_begin); first < last; first += row_block) {
    const Index end = std::min<Index>(first + row_block, last);
    const Index longest = z.longest(first, end);
    for (Index row = first; row < end; ++row) {
      copy_or_zero(p.dh_last == nullptr ? nullptr : p.dh_last + row * z.n, z.n, p.dh + row * z.n);
      if (p.dc != nullptr) {
        copy_or_zero(p.dc_last == nullptr ? nullptr : p.dc_last + row * z.n, z.n, p.dc + row * z.n);
      }
    }
    product.m = end - first;
    product.c = p.dh + first * z.n;
    for (Index i = 0; i < z.steps; ++i) {
      const Index t = z.reverse ? i : z.steps - 1 - i;
      for (Index row = first; row < end; ++row) {
        const Index at = row * z.steps + t;
        T* const dx = p.d_gates + at * z.g;
        T* const dz = p.d_gates_hidden == nullptr ? dx : p.d_gates_hidden + at * z.g;
        if (t < z.length(row)) {
          T* const dh = p.dh + row * z.n;
          if (p.dy != nullptr) {
            simd::map<T>(z.n, dh, [](const auto& a, const auto& b) { return a + b; }, dh, p.dy + at * z.n);
          }
          step(z.n, p.saved == nullptr ? nullptr : p.saved + at * z.s, beside(row, t), dh,
               p.dc == nullptr ? nullptr : p.dc + row * z.n, dx, dz);
        } else {
          std::fill_n(dx, z.g, T(0));
          if (dz != dx) std::fill_n(dz, z.g, T(0));
        }
        // Rows of one step lie far apart; the product reads them from here.
        std::copy_n(dz, z.g, own.gates + (row - first) * z.g);
      }
      if (t < longest) gemm(product, 0, product.m, own.gemm);
    }
  }
}

template <class T>
void previous_states(const Recurrence& r, const T* y, const T* h0, T* out, std::int64_t row_begin,
                     std::int64_t row_end) noexcept {
  const Sizes z(r);
  for (auto row = static_cast<Index>(row_begin); row < static_cast<Index>(row_end); ++row) {
    const Index length = z.length(row);
    for (Index t = 0; t < z.steps; ++t) {
      const Index before = z.before(t);
      const T* from = h0 == nullptr ? nullptr : h0 + row * z.n;
      if (before >= 0 && before < length) from = y + (row * z.steps + before) * z.n;
      copy_or_zero(t < length ? from : nullptr, z.n, out + (row * z.steps + t) * z.n);
    }
  }
}

#define TRAINYARD_INSTANTIATE(T)                                                                                  \
  template std::size_t recurrent_scratch_bytes<T>(const Recurrence&) noexcept;                                    \
  template void recurrent_forward<T>(const Recurrence&, const RecurrentForward<T>&, std::int64_t, std::int64_t,   \
                                     std::byte*) noexcept;                                                        \
  template void recurrent_backward<T>(const Recurrence&, const RecurrentBackward<T>&, std::int64_t, std::int64_t, \
                                      std::byte*) noexcept;                                                       \
  template void previous_states<T>(const Recurrence&, const T*, const T*, T*, std::int64_t, std::int64_t) noexcept;

TRAINYARD_INSTANTIATE(float)
#ifndef __EMSCRIPTEN__
TRAINYARD_INSTANTIATE(double)
#endif

}  // namespace trainyard::kernels
