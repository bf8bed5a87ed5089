// y = the row of W that each id names. ids: [*, …] i32, W: [vocab, dim] as PyTorch stores it, y: [*, …, dim]. Ids are
// checked where data come in.
#include <algorithm>
#include <array>

#include "ops/all.hpp"
#include "ops/common.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {
namespace {
namespace embedding_op {

/// Of the gradient: how many rows W has.
struct EmbeddingGradAttributes {
  std::int64_t vocab = 1;
};

void infer(Inference& i) {
  const ValueType& ids = i.in(0);
  const Shape& w = i.in(1).shape;
  if (ids.dtype != DType::i32) {
    throw Error(ErrorCode::type_mismatch, "", "i32", std::string(trainyard::name(ids.dtype)));
  }
  std::array<std::int64_t, Shape::max_rank + 1> dims{};
  const auto rank = static_cast<std::size_t>(ids.shape.rank());
  std::ranges::copy(ids.shape.dims(), dims.begin());
  dims[rank] = w[1];
  i.out({.shape = Shape(std::span(dims).first(rank + 1)), .batched = ids.batched});
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto [first, count] = elements(*c.in_type[0], begin, end);
  const std::int64_t dim = c.in_type[1]->shape[1];
  const std::int32_t* ids = c.input<std::int32_t>(0) + first;
  T* y = c.output<T>(0) + first * dim;
  for (std::int64_t i = 0; i < count; ++i, y += dim) std::copy_n(c.input<T>(1) + ids[i] * dim, dim, y);
}

void gradient(Gradient& g) {
  const EmbeddingGradAttributes a{g.graph().type(g.in(1)).shape[0]};
  g.set(1, g.add(embedding_dw, {g.in(0), g.d()}, Attributes(a)));
}

// dW: every position's gradient is added to its id's row, in the order of the positions; cut by columns, so any cut
// gives the same bits. Inputs ids, dy.
void infer_dw(Inference& i) {
  i.out({.shape = {i.attributes<EmbeddingGradAttributes>().vocab, i.in(1).shape.back()}, .batched = false});
}

template <class T, bool Accumulate>
void run_dw(const Call& c, std::int64_t begin, std::int64_t end) {
  using V = simd::Vec<T>;
  const std::int64_t vocab = c.out_type[0]->shape[0];
  const std::int64_t dim = c.out_type[0]->shape[1];
  const std::int64_t n = end - begin;
  T* dw = c.output<T>(0) + begin;
  if constexpr (!Accumulate) {
    for (std::int64_t i = 0; i < vocab; ++i) std::fill_n(dw + i * dim, n, T(0));
  }
  const std::int32_t* ids = c.input<std::int32_t>(0);
  const T* dy = c.input<T>(1) + begin;
  for (std::int64_t i = 0; i < c.in_type[0]->elements(c.rows); ++i) {
    T* row = dw + ids[i] * dim;
    simd::map<T>(n, row, [](const V& a, const V& b) { return a + b; }, row, dy + i * dim);
  }
}

Work work_dw(const CallTypes& t) {
  return {.units = t.out[0]->shape[1],
          .grain = 16,
          .flops = static_cast<double>(t.in[1]->elements(t.rows)) + output_elements(t)};
}

}  // namespace embedding_op
}  // namespace

const Op embedding{.name = "embedding",
                   .infer = embedding_op::infer,
                   .run = TRAINYARD_KERNELS(embedding_op::run),
                   .work = elementwise_work,
                   .gradient = embedding_op::gradient,
                   .step = step_elementwise,
                   .onnx = "Gather"};
const Op embedding_dw_accumulate{.name = "embedding_dw_accumulate",
                                 .infer = embedding_op::infer_dw,
                                 .run = TRAINYARD_KERNELS(embedding_op::run_dw, true),
                                 .work = embedding_op::work_dw,
                                 .accumulates = 2};
const Op embedding_dw{.name = "embedding_dw",
                      .infer = embedding_op::infer_dw,
                      .run = TRAINYARD_KERNELS(embedding_op::run_dw, false),
                      .work = embedding_op::work_dw,
                      .accumulating = &embedding_dw_accumulate};

}  // namespace trainyard::ops
