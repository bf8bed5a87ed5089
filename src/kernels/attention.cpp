#include "kernels/attention.hpp"

#include <algorithm>
#include <limits>

#include "kernels/elementwise.hpp"
#include "kernels/gemm/gemm.hpp"
#include "kernels/scratch.hpp"
#include "simd/loop.hpp"
#include "simd/math.hpp"

namespace trainyard::kernels {
namespace {

/// Queries that are worked on at a time: a causal block wastes half its square. Whole register tiles of any shape.
constexpr std::int64_t block = 12;
/// Queries whose weights are kept for the gradients of keys and values: so many are added up in registers.
constexpr std::int64_t strip = 8 * block;

/// Whether keys and values are copied first: as soon as some queries read the copy.
constexpr bool copies(std::int64_t queries) { return queries >= block; }

/// Rows of scores begin whole vectors apart.
template <class T>
constexpr std::int64_t whole_vectors(std::int64_t n) {
  constexpr std::int64_t lanes = simd::lanes<T>;
  return (n + lanes - 1) / lanes * lanes;
}

/// K or V of a head. Its rows lie far apart: a copy is read from end to end by every block, and one that is turned
/// round, made where `turned` has room for it, makes products against its rows plain ones.
template <class T>
struct Keys {
  const T* rows;  ///< [keys, width]
  std::int64_t step;
  const T* columns;  ///< [width, keys], or null

  Keys(const Attention<T>& h, const T* at, std::int64_t distance, T* copy, T* turned)
      : rows(at), step(distance), columns(nullptr) {
    if (!copies(h.queries)) return;
    // Not std::copy_n: in WebAssembly that leaves the module for every row.
    for (std::int64_t i = 0; i < h.keys; ++i) {
      simd::map<T>(h.width, copy + i * h.width, [](const simd::Vec<T>& x) { return x; }, at + i * distance);
    }
    rows = copy;
    step = h.width;
    if (turned == nullptr) return;
    transpose(0, 1, h.keys, h.width, copy, turned);
    columns = turned;
  }
};

/// What a thread works in. With a null start it only measures.
template <class T>
struct Parts {
  T *weights, *slopes;  ///< [block or, for gradients, strip, keys in whole vectors]
  T *k, *v, *dk, *dv;   ///< [keys, width]
  T *k_turned, *v_turned;
  std::byte* products;
  std::size_t used;

  Parts(std::byte* start, std::int64_t queries, std::int64_t keys, std::int64_t width) {
    const std::int64_t rows = std::min(strip, queries);
    ScratchParts parts(start);
    for (T** part : {&weights, &slopes})
      *part = parts.take<T>(static_cast<std::ptrdiff_t>(rows * whole_vectors<T>(keys)));
    for (T** part : {&dk, &dv}) *part = parts.take<T>(static_cast<std::ptrdiff_t>(keys * width));
    const std::int64_t copied = copies(queries) ? keys * width : 0;
    for (T** part : {&k, &v, &k_turned, &v_turned}) *part = parts.take<T>(static_cast<std::ptrdiff_t>(copied));
    const std::size_t bytes = std::max({gemm_scratch_bytes<T>(Transpose::nt, rows, keys, width),
                                        gemm_scratch_bytes<T>(Transpose::nn, rows, keys, width),
                                        gemm_scratch_bytes<T>(Transpose::nn, rows, width, keys),
                                        gemm_scratch_bytes<T>(Transpose::tn, keys, width, rows)});
    products = parts.take<std::byte>(static_cast<std::ptrdiff_t>(bytes));
    used = parts.used();
  }
};

/// Queries [first, first + rows), the keys that one of them sees, and how far apart their rows of scores begin.
struct Block {
  std::int64_t first, rows, keys, step;
};

/// Keys that one of the queries before `end` sees.
template <class T>
std::int64_t keys_seen(const Attention<T>& h, std::int64_t end) {
  return h.causal ? std::min(h.before + end, h.keys) : h.keys;
}

/// Calls f for every block of the queries [first, end), whose rows of scores begin `step` apart.
template <class T, class F>
void each_block(const Attention<T>& h, std::int64_t first, std::int64_t end, std::int64_t step, const F& f) {
  for (; first < end; first += block) {
    const std::int64_t rows = std::min(block, end - first);
    f(Block{first, rows, keys_seen(h, first + rows), step});
  }
}

/// The row of a block's scores that belongs to one query.
template <class T>
struct Row {
  T* at;
  std::int64_t query;
  std::int64_t seen;   ///< keys that the query sees
  std::int64_t whole;  ///< the same in whole vectors
  std::int64_t end;    ///< keys of the block in whole vectors

  Row(const Attention<T>& h, const Block& b, T* scores, std::int64_t r)
      : at(scores + r * b.step),
        query(b.first + r),
        seen(h.causal ? std::min(h.before + query + 1, h.keys) : h.keys),
        whole(whole_vectors<T>(seen)),
        end(whole_vectors<T>(b.keys)) {}
  /// Keys that the query does not see get `beside` up to the last whole vector, and 0 behind it.
  void hide(T beside) const {
    std::fill_n(at + seen, whole - seen, beside);
    std::fill_n(at + whole, end - whole, T(0));
  }
  /// Drops of its numbers what the mask says.
  void drop(const Attention<T>& h) const {
    if (h.mask.probability > 0) dropout(h.mask, h.first + query * h.mask_columns, 0, seen, at, at);
  }
};

/// Of a matrix with a row for each query or key.
template <class M>
struct Rows {
  M* at;
  std::int64_t step;
};

/// out[rows, keys] = a keys^T for the block's queries.
template <class T>
void against_keys(const Attention<T>& h, const Block& b, Rows<const T> a, const Keys<T>& keys, T* out,
                  std::byte* scratch) {
  const bool turned = keys.columns != nullptr;
  const Gemm<T> g{.transpose = turned ? Transpose::nn : Transpose::nt,
                  .m = b.rows,
                  .n = b.keys,
                  .k = h.width,
                  .a = a.at + b.first * a.step,
                  .b = turned ? keys.columns : keys.rows,
                  .c = out,
                  .lda = a.step,
                  .ldb = turned ? h.keys : keys.step,
                  .ldc = b.step,
                  .by_lanes = h.queries == 1};
  gemm(g, 0, b.rows, scratch);
}

/// out[rows, width] = weights[rows, keys] keys, at the block's rows of `out`.
template <class T>
void over_keys(const Attention<T>& h, const Block& b, const T* weights, const Keys<T>& keys, Rows<T> out,
               std::byte* scratch) {
  const Gemm<T> g{.transpose = Transpose::nn,
                  .m = b.rows,
                  .n = h.width,
                  .k = b.keys,
                  .a = weights,
                  .b = keys.rows,
                  .c = out.at + b.first * out.step,
                  .lda = b.step,
                  .ldb = keys.step,
                  .ldc = out.step};
  gemm(g, 0, b.rows, scratch);
}

/// out[keys, width] += weights^T a for the queries [first, end), whose weights begin at `weights`: for the keys from
/// `from` on that the first block of them sees.
template <class T>
void to_keys(const Attention<T>& h, const Block& b, std::int64_t from, std::int64_t end, const T* weights,
             Rows<const T> a, T* out, std::byte* scratch) {
  const Gemm<T> g{.transpose = Transpose::tn,
                  .m = b.keys - from,
                  .n = h.width,
                  .k = end - b.first,
                  .a = weights + from,
                  .b = a.at + b.first * a.step,
                  .c = out + from * h.width,
                  .lda = b.step,
                  .ldb = a.step,
                  .accumulate = true};
  gemm(g, 0, b.keys - from, scratch);
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
  const Keys<T> k(h, h.k, h.k_step, parts.k, parts.k_turned);
  const Keys<T> v(h, h.v, h.v_step, parts.v, nullptr);
  each_block(h, 0, h.queries, whole_vectors<T>(h.keys), [&](const Block& b) {
    against_keys(h, b, {h.q, h.q_step}, k, parts.weights, parts.products);
    // One kind of work at a time: while a row waits for its largest score, the next ones go on.
    T largest[block], totals[block], shares[block];
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const Row<T> row(h, b, parts.weights, r);
      largest[r] = simd::reduce_max<T>(row.seen, row.at);
      row.hide(-std::numeric_limits<T>::infinity());
    }
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const Row<T> row(h, b, parts.weights, r);
      V sum(T(0));
      simd::sweep<T>(
          row.whole,
          [&](V& x) {
            x = simd::exp((x - V(largest[r])) * V(h.scale));
            sum += x;
          },
          row.at);
      totals[r] = simd::sum<T>(sum);
    }
    simd::map<T>(b.rows, shares, [](const V& total) { return V(T(1)) / total; }, totals);
    simd::map<T>(
        b.rows, log_sums + b.first,
        [&h](const V& most, const V& total) { return simd::madd<T>(most, V(h.scale), simd::log(total)); }, largest,
        totals);
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const Row<T> row(h, b, parts.weights, r);
      if (weights != nullptr) {
        T* out = weights + row.query * h.mask_columns;
        simd::map<T>(row.seen, out, [&](const V& x) { return x * V(shares[r]); }, row.at);
        std::fill_n(out + row.seen, h.mask_columns - row.seen, T(0));
      }
      row.drop(h);
    }
    over_keys(h, b, parts.weights, v, {o, h.o_step}, parts.products);
    for (std::int64_t r = 0; r < b.rows; ++r) {
      T* row = o + (b.first + r) * h.o_step;
      simd::map<T>(h.width, row, [&](const V& x) { return x * V(shares[r]); }, row);
    }
  });
}

template <class T>
void attention_gradient(const Attention<T>& h, const T* o, const T* log_sums, const T* d_o, T* dq, T* dk, T* dv,
                        std::byte* scratch) noexcept {
  using V = simd::Vec<T>;
  const Parts<T> parts(scratch, h.queries, h.keys, h.width);
  const Keys<T> k(h, h.k, h.k_step, parts.k, parts.k_turned);
  const Keys<T> v(h, h.v, h.v_step, parts.v, parts.v_turned);
  const std::int64_t size = h.keys * h.width;
  std::fill_n(parts.dk, size, T(0));
  std::fill_n(parts.dv, size, T(0));
  const std::int64_t step = whole_vectors<T>(h.keys);
  for (std::int64_t first = 0; first < h.queries; first += strip) {
    const std::int64_t end = std::min(first + strip, h.queries);
    each_block(h, first, end, step, [&](const Block& b) {
      T* const weights = parts.weights + (b.first - first) * step;
      T* const slopes = parts.slopes + (b.first - first) * step;
      against_keys(h, b, {h.q, h.q_step}, k, weights, parts.products);
      against_keys(h, b, {d_o, h.o_step}, v, slopes, parts.products);
      T means[block];
      for (std::int64_t r = 0; r < b.rows; ++r) {
        const Row<T> slope(h, b, slopes, r);
        Row<T>(h, b, weights, r).hide(-std::numeric_limits<T>::infinity());
        slope.hide(0);
        slope.drop(h);
        // What the softmax's gradient subtracts, sum(weight · slope), is o · d_o.
        const std::int64_t at = slope.query * h.o_step;
        means[r] = simd::reduce_sum<T>(h.width, [](const V& x, const V& y) { return x * y; }, o + at, d_o + at);
      }
      for (std::int64_t r = 0; r < b.rows; ++r) {
        const Row<T> weight(h, b, weights, r);
        simd::sweep<T>(
            weight.whole,
            [&](V& w, V& s) {
              w = simd::exp(simd::madd<T>(w, V(h.scale), V(-log_sums[weight.query])));
              s = w * (s - V(means[r])) * V(h.scale);
            },
            weight.at, Row<T>(h, b, slopes, r).at);
        weight.drop(h);
      }
      over_keys(h, b, slopes, k, {dq, h.q_step}, parts.products);
    });
    // Keys that all these queries see come first, then those that all but the first block see, and so on.
    std::int64_t from = 0;
    each_block(h, first, end, step, [&](const Block& b) {
      const std::int64_t at = (b.first - first) * step;
      to_keys(h, b, from, end, parts.slopes + at, {h.q, h.q_step}, parts.dk, parts.products);
      to_keys(h, b, from, end, parts.weights + at, {d_o, h.o_step}, parts.dv, parts.products);
      from = b.keys;
    });
  }
  const auto add = [&h](const T* sums, T* out, std::int64_t step) {
    for (std::int64_t i = 0; i < h.keys; ++i) {
      T* row = out + i * step;
      simd::map<T>(h.width, row, [](const V& x, const V& y) { return x + y; }, row, sums + i * h.width);
    }
  };
  add(parts.dk, dk, h.k_step);
  add(parts.dv, dv, h.v_step);
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
