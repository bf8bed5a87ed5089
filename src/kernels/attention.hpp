// Scaled dot-product attention of one head of one example (Vaswani et al. 2017, arXiv:1706.03762):
// O = softmax(scale Q K^T) V. A block of queries at a time stands against the keys that it sees; nothing of the size
// queries × keys is kept, the gradient makes the weights anew from the logarithm of their sum (Dao et al. 2022,
// arXiv:2205.14135).
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/dropout.hpp"

namespace trainyard::kernels {

/// Q is [queries, width], K and V [keys, width], O like Q: rows that lie some steps apart, as heads lie side by side.
template <class T>
struct Attention {
  std::int64_t queries = 0;
  std::int64_t keys = 0;   ///< that are there; what lies behind them is never read
  std::int64_t width = 0;  ///< numbers of a head
  T scale = T(1);
  bool causal = false;      ///< query i sees keys 0 … before + i
  std::int64_t before = 0;  ///< keys of earlier positions
  const T *q = nullptr, *k = nullptr, *v = nullptr;
  std::int64_t q_step = 0, k_step = 0, v_step = 0, o_step = 0;
  DropoutMask mask;               ///< drops weights; probability 0: none
  std::int64_t first = 0;         ///< number of the first weight in the whole batch
  std::int64_t mask_columns = 0;  ///< weights of one query in that count
};

/// Bytes of scratch for heads of up to these sizes.
template <class T>
[[nodiscard]] std::size_t attention_scratch_bytes(std::int64_t queries, std::int64_t keys, std::int64_t width) noexcept;

/// Writes O and log_sums [queries], log(sum(exp(scores))) of every query. `weights`, unless null, gets the softmax
/// (before anything is dropped), rows `mask_columns` long.
template <class T>
void attention(const Attention<T>& h, T* o, T* log_sums, T* weights, std::byte* scratch) noexcept;

/// Writes dQ, and adds to dK and dV. They lie as Q, K and V do, d_o as O.
template <class T>
void attention_gradient(const Attention<T>& h, const T* o, const T* log_sums, const T* d_o, T* dq, T* dk, T* dv,
                        std::byte* scratch) noexcept;

}  // namespace trainyard::kernels
