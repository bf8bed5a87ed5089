#include "kernels/attention.hpp"

#include <algorithm>

#include "kernels/gemm/gemm.hpp"
#include "kernels/scratch.hpp"
#include "simd/loop.hpp"
#include "simd/math.hpp"

namespace trainyard::kernels {
namespace {

/// Queries that are worked on at a time: a causal block wastes half its square.
constexpr std::int64_t block = 32;

/// What a thread works in. With a null start it only measures.
template <class T>
struct Parts {
  T *weights, *slopes;  ///< [block, keys]
  std::byte* products;
  std::size_t used;

  Parts(std::byte* start, std::int64_t queries, std::int64_t keys, std::int64_t width) {
    const std::int64_t rows = std::min(block, queries);
    ScratchParts parts(start);
    weights = parts.take<T>(static_cast<std::ptrdiff_t>(rows * keys));
    slopes = parts.take<T>(static_cast<std::ptrdiff_t>(rows * keys));
    const std::size_t bytes = std::max({gemm_scratch_bytes<T>(Transpose::nt, rows, keys, width),
                                        gemm_scratch_bytes<T>(Transpose::nn, rows, width, keys),
                                        gemm_scratch_bytes<T>(Transpose::tn, keys, width, rows)});
    products = parts.take<std::byte>(static_cast<std::ptrdiff_t>(bytes));
    used = parts.used();
  }
};

/// Queries [first, first + rows) and the keys that one of them sees.
struct Block {
  std::int64_t first, rows, keys;
};

/// Calls f for every block of queries.
template <class T, class F>
void each_block(const Attention<T>& h, F f) {
  for (std::int64_t first = 0; first < h.queries; first += block) {
    const std::int64_t rows = std::min(block, h.queries - first);
    f(Block{first, rows, h.causal ? std::min(h.before + first + rows, h.keys) : h.keys});
  }
}

/// Keys that query i sees.
template <class T>
std::int64_t seen(const Attention<T>& h, std::int64_t i) {
  return h.causal ? std::min(h.before + i + 1, h.keys) : h.keys;
}

/// Drops of the numbers of query i's weights what the mask says.
template <class T>
void drop(const Attention<T>& h, std::int64_t i, T* row) {
  if (h.mask.probability > 0) dropout(h.mask, h.first + i * h.mask_columns, 0, seen(h, i), row, row);
}

/// out[rows, keys] = a b^T, a being rows of the block and b all of its keys.
template <class T>
void against_keys(const Block& b, std::int64_t width, const T* a, std::int64_t a_step, const T* keys, std::int64_t step,
                  T* out, std::byte* scratch) {
  const Gemm<T> g{.transpose = Transpose::nt,
                  .m = b.rows,
                  .n = b.keys,
                  .k = width,
                  .a = a + b.first * a_step,
                  .b = keys,
                  .c = out,
                  .lda = a_step,
                  .ldb = step};
  gemm(g, 0, b.rows, scratch);
}

/// out[rows, width] = weights[rows, keys] b, at the block's rows of `out`.
template <class T>
void over_keys(const Block& b, std::int64_t width, const T* weights, const T* keys, std::int64_t step, T* out,
               std::int64_t out_step, std::byte* scratch) {
  const Gemm<T> g{.transpose = Transpose::nn,
                  .m = b.rows,
                  .n = width,
                  .k = b.keys,
                  .a = weights,
                  .b = keys,
                  .c = out + b.first * out_step,
                  .ldb = step,
                  .ldc = out_step};
  gemm(g, 0, b.rows, scratch);
}

/// out[keys, width] += weights^T a, a being rows of the block.
template <class T>
void to_keys(const Block& b, std::int64_t width, const T* weights, const T* a, std::int64_t a_step, T* out,
             std::int64_t out_step, std::byte* scratch) {
  const Gemm<T> g{.transpose = Transpose::tn,
                  .m = b.keys,
                  .n = width,
                  .k = b.rows,
                  .a = weights,
                  .b = a + b.first * a_step,
                  .c = out,
                  .ldb = a_step,
                  .ldc = out_step,
                  .accumulate = true};
  gemm(g, 0, b.keys, scratch);
}

}  // namespace

template <class T>
std::size_t attention_scratch_bytes(std::int64_t queries, std::int64_t keys, std::int64_t width) noexcept {
  return Parts<T>(nullptr, queries, keys, width).used;
}

template <class T>
void attention(const Attention<T>& h, T* o, T* log_sums, T* weights, std::byte* scratch) noexcept {
  using V = simd::Vec<T>;
  const Parts<T> parts(scratch, h.queries, h.keys, h.width);
  each_block(h, [&](const Block& b) {
    against_keys(b, h.width, h.q, h.q_step, h.k, h.k_step, parts.weights, parts.products);
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const std::int64_t i = b.first + r;
      const std::int64_t n = seen(h, i);
      T* row = parts.weights + r * b.keys;
      const T largest = simd::reduce_max<T>(n, row);
      simd::map<T>(n, row, [&h, largest](const V& x) { return simd::exp((x - V(largest)) * V(h.scale)); }, row);
      const T total = simd::reduce_sum<T>(n, [](const V& x) { return x; }, row);
      const T share = T(1) / total;
      simd::map<T>(n, row, [share](const V& x) { return x * V(share); }, row);
      std::fill_n(row + n, b.keys - n, T(0));
      log_sums[i] = largest * h.scale + simd::log(total);
      if (weights != nullptr) {
        std::fill_n(std::copy_n(row, n, weights + i * h.mask_columns), h.mask_columns - n, T(0));
      }
      drop(h, i, row);
    }
    over_keys(b, h.width, parts.weights, h.v, h.v_step, o, h.o_step, parts.products);
  });
}

template <class T>
void attention_gradient(const Attention<T>& h, const T* o, const T* log_sums, const T* d_o, T* dq, T* dk, T* dv,
                        std::byte* scratch) noexcept {
  using V = simd::Vec<T>;
  const Parts<T> parts(scratch, h.queries, h.keys, h.width);
  each_block(h, [&](const Block& b) {
    against_keys(b, h.width, h.q, h.q_step, h.k, h.k_step, parts.weights, parts.products);
    against_keys(b, h.width, d_o, h.o_step, h.v, h.v_step, parts.slopes, parts.products);
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const std::int64_t i = b.first + r;
      const std::int64_t n = seen(h, i);
      T* weight = parts.weights + r * b.keys;
      T* slope = parts.slopes + r * b.keys;
      const T log_sum = log_sums[i];
      simd::map<T>(n, weight, [&h, log_sum](const V& x) { return simd::exp(x * V(h.scale) - V(log_sum)); }, weight);
      drop(h, i, slope);
      // What the softmax's gradient subtracts, sum(weight · slope), is o · d_o.
      const T mean = simd::reduce_sum<T>(
          h.width, [](const V& x, const V& y) { return x * y; }, o + i * h.o_step, d_o + i * h.o_step);
      simd::map<T>(
          n, slope, [&h, mean](const V& w, const V& s) { return w * (s - V(mean)) * V(h.scale); }, weight, slope);
      std::fill_n(weight + n, b.keys - n, T(0));
      std::fill_n(slope + n, b.keys - n, T(0));
      drop(h, i, weight);
    }
    over_keys(b, h.width, parts.slopes, h.k, h.k_step, dq, h.q_step, parts.products);
    to_keys(b, h.width, parts.slopes, h.q, h.q_step, dk, h.k_step, parts.products);
    to_keys(b, h.width, parts.weights, d_o, h.o_step, dv, h.v_step, parts.products);
  });
}

#define TRAINYARD_ATTENTION(T)                                                                        \
  template std::size_t attention_scratch_bytes<T>(std::int64_t, std::int64_t, std::int64_t) noexcept; \
  template void attention<T>(const Attention<T>&, T*, T*, T*, std::byte*) noexcept;                   \
  template void attention_gradient<T>(const Attention<T>&, const T*, const T*, const T*, T*, T*, T*,  \
                                      std::byte*) noexcept;
TRAINYARD_ATTENTION(float)
#ifndef __EMSCRIPTEN__
TRAINYARD_ATTENTION(double)
#endif

}  // namespace trainyard::kernels
