// db = sum of dz over all rows and positions: [*, …, n] -> [n]. The gradient of a bias. Cut by columns; every column is
// added up row by row, so any cut gives the same bits.
#include "ops/all.hpp"
#include "ops/common.hpp"
#include "simd/vec.hpp"

namespace trainyard::ops {
namespace {

void infer(Inference& i) { i.out({.shape = {i.in(0).shape.back()}, .batched = false}); }

/// Rows are added in four interleaved sums: shorter chains of additions, and smaller rounding errors.
template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  using V = simd::Vec<T>;
  const std::int64_t n = c.out_type[0]->shape[0];
  const std::int64_t rows = c.in_type[0]->elements(c.rows) / n;
  const T* in = c.input<T>(0);
  T* out = c.output<T>(0);
  for (std::int64_t j = begin; j < end; j += simd::lanes<T>) {
    const int width = static_cast<int>(std::min<std::int64_t>(simd::lanes<T>, end - j));
    const bool whole = width == simd::lanes<T>;
    std::array<V, 4> s{V(T(0)), V(T(0)), V(T(0)), V(T(0))};
    const auto at = [&](std::int64_t r) {
      const T* p = in + r * n + j;
      return whole ? simd::load<T>(p) : simd::load_first<T>(p, width);
    };
    std::int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
      for (std::size_t k = 0; k < 4; ++k) s[k] += at(r + static_cast<std::int64_t>(k));
    }
    for (; r < rows; ++r) s[0] += at(r);
    const V total = (s[0] + s[1]) + (s[2] + s[3]);
    if (whole) {
      simd::store<T>(out + j, total);
    } else {
      simd::store_first<T>(out + j, total, width);
    }
  }
}

Work work(const CallTypes& t) {
  return {.units = t.out[0]->shape[0], .grain = 16, .flops = static_cast<double>(t.in[0]->elements(t.rows))};
}

}  // namespace

const Op sum_rows{.name = "sum_rows", .infer = infer, .run = TRAINYARD_KERNELS(run), .work = work};

}  // namespace trainyard::ops
