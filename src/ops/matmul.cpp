// c = op(a) op(b) for every example and every leading axis: a [*, …, m, k], b [*, …, k, n], c [*, …, m, n], where op is
// the matrix as it is or transposed (then a is stored [k, m], b [n, k]).
#include <algorithm>
#include <array>
#include <string>

#include "kernels/gemm/gemm.hpp"
#include "ops/all.hpp"
#include "ops/common.hpp"
#include "ops/matmul.hpp"

namespace trainyard::ops {
namespace {
namespace matmul_op {

using kernels::Gemm;
using kernels::Transpose;

/// Sizes of one product, and how many there are in a row of the batch.
struct Sizes {
  std::int64_t m, n, k, matrices;
};

Sizes sizes(const ValueType& a, const ValueType& c, const MatmulAttributes& attributes) {
  const int rank = c.shape.rank();
  const std::int64_t m = c.shape[rank - 2];
  const std::int64_t n = c.shape[rank - 1];
  return {m, n, a.shape[attributes.transpose_a ? rank - 2 : rank - 1], c.shape.size() / (m * n)};
}

void infer(Inference& i) {
  const auto& attributes = i.attributes<MatmulAttributes>();
  const ValueType& a = i.in(0);
  const ValueType& b = i.in(1);
  Inference::require_float(a);
  Inference::require_float(b);
  const int rank = a.shape.rank();
  Inference::require(rank >= 2 && a.layout == Layout::channels_first, "[*, m, k]", text(a));
  const auto axis = [rank](bool swapped, int from_end) { return rank - (swapped ? 3 - from_end : from_end); };
  const std::int64_t m = a.shape[axis(attributes.transpose_a, 2)];
  const std::int64_t k = a.shape[axis(attributes.transpose_a, 1)];
  bool fits = b.shape.rank() == rank && b.batched == a.batched && b.layout == a.layout &&
              b.shape[axis(attributes.transpose_b, 2)] == k;
  for (int d = 0; fits && d < rank - 2; ++d) fits = a.shape[d] == b.shape[d];
  if (!fits) {
    std::string expected = text(a);
    expected.replace(expected.find_last_of('[') + 1, std::string::npos, a.batched ? "*, " : "");
    for (int d = 0; d < rank - 2; ++d) expected += std::to_string(a.shape[d]) + ", ";
    expected += attributes.transpose_b ? "n, " + std::to_string(k) + "]" : std::to_string(k) + ", n]";
    Inference::require(false, expected, text(b));
  }
  std::array<std::int64_t, Shape::max_rank> dims{};
  std::ranges::copy(a.shape.dims(), dims.begin());
  dims[static_cast<std::size_t>(rank - 2)] = m;
  dims[static_cast<std::size_t>(rank - 1)] = b.shape[axis(attributes.transpose_b, 1)];
  i.out({.shape = Shape(std::span(dims).first(static_cast<std::size_t>(rank))), .batched = a.batched});
}

/// The form of the kernel; with both transposed, a is first turned into scratch.
Transpose form(const MatmulAttributes& a) {
  if (a.transpose_b) return Transpose::nt;
  return a.transpose_a ? Transpose::tn : Transpose::nn;
}

std::int64_t turned_numbers(const MatmulAttributes& a, const Sizes& s) {
  return a.transpose_a && a.transpose_b ? s.m * s.k : 0;
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto& attributes = c.attributes_as<MatmulAttributes>();
  const Sizes s = sizes(*c.in_type[0], *c.out_type[0], attributes);
  T* const turned = reinterpret_cast<T*>(c.thread_scratch);
  const std::int64_t turned_bytes = turned_numbers(attributes, s) * static_cast<std::int64_t>(sizeof(T));
  std::byte* const scratch = c.thread_scratch + (turned_bytes + 63) / 64 * 64;
  for (std::int64_t matrix = begin / s.m; matrix * s.m < end; ++matrix) {
    Gemm<T> g{.transpose = form(attributes),
              .m = s.m,
              .n = s.n,
              .k = s.k,
              .a = c.input<T>(0) + matrix * s.m * s.k,
              .b = c.input<T>(1) + matrix * s.k * s.n,
              .c = c.output<T>(0) + matrix * s.m * s.n};
    const std::int64_t first = std::max<std::int64_t>(begin - matrix * s.m, 0);
    const std::int64_t last = std::min(end - matrix * s.m, s.m);
    if (turned_bytes > 0) {
      for (std::int64_t k = 0; k < s.k; ++k) {
        for (std::int64_t i = first; i < last; ++i) turned[i * s.k + k] = g.a[k * s.m + i];
      }
      g.a = turned;
    }
    kernels::gemm(g, first, last, scratch);
  }
}

Work work(const CallTypes& t) {
  const Sizes s = sizes(*t.in[0], *t.out[0], t.attributes->as<MatmulAttributes>());
  return {.units = (t.out[0]->batched ? t.rows : 1) * s.matrices * s.m,
          .grain = row_grain,
          .flops = 2 * static_cast<double>(s.k) * output_elements(t)};
}

double multiply_adds(const CallTypes& t) { return work(t).flops / 2; }

template <class T>
std::size_t scratch_bytes(const MatmulAttributes& a, const Sizes& s) {
  const std::size_t turned = static_cast<std::size_t>(turned_numbers(a, s)) * sizeof(T);
  return (turned + 63) / 64 * 64 + kernels::gemm_scratch_bytes<T>(form(a), s.m, s.n, s.k);
}

Scratch scratch(const CallTypes& t) {
  const auto& a = t.attributes->as<MatmulAttributes>();
  const Sizes s = sizes(*t.in[0], *t.out[0], a);
#if !defined(__EMSCRIPTEN__)
  if (t.precision == Precision::f64) return {.per_thread = scratch_bytes<double>(a, s)};
#endif
  return {.per_thread = scratch_bytes<float>(a, s)};
}

// With dc the gradient of c = op(a) op(b): d op(a) = dc op(b)^T and d op(b) = op(a)^T dc; where a or b is stored
// transposed, its gradient is the transpose of that product.
void gradient(Gradient& g) {
  const auto [ta, tb] = g.attributes().as<MatmulAttributes>();
  const auto product = [&](ValueId a, ValueId b, bool transpose_a, bool transpose_b) {
    return g.add(matmul, {a, b}, Attributes(MatmulAttributes{transpose_a, transpose_b}));
  };
  const ValueId a = g.in(0);
  const ValueId b = g.in(1);
  const ValueId dc = g.d();
  if (g.wanted(0)) g.set(0, ta ? product(b, dc, tb, true) : product(dc, b, false, !tb));
  if (g.wanted(1)) g.set(1, tb ? product(dc, a, true, ta) : product(a, dc, !ta, false));
}

void print(const Attributes& attributes, TextSink& sink) {
  const auto& a = attributes.as<MatmulAttributes>();
  if (a.transpose_a) sink.put("transpose", "a");
  if (a.transpose_b) sink.put("transpose", "b");
}

}  // namespace matmul_op
}  // namespace

const Op matmul{.name = "matmul",
                .infer = matmul_op::infer,
                .run = TRAINYARD_KERNELS(matmul_op::run),
                .work = matmul_op::work,
                .multiply_adds = matmul_op::multiply_adds,
                .scratch = matmul_op::scratch,
                .gradient = matmul_op::gradient,
                .onnx = "MatMul",
                .print_attributes = matmul_op::print};

}  // namespace trainyard::ops
