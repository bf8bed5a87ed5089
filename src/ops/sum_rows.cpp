// s = sum of x over all rows and leading axes: [*, …, n] -> [n], n one or several axes. The gradient of a bias. Cut by
// columns; every column is added up row by row, so any cut gives the same bits.
#include "ops/sum_rows.hpp"

#include "kernels/reduce.hpp"

namespace trainyard::ops {
namespace {
namespace sum_rows_op {

void infer(Inference& i) { i.out({.shape = i.attributes<SumRowsAttributes>().shape, .batched = false}); }

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const std::int64_t n = c.out_type[0]->shape.size();
  const ValueType& x = *c.in_type[0];
  // What is added up lies last in memory, not always in the shape: channels.
  const std::int64_t rows = x.batched && x.shape.size() == n ? c.rows : x.elements(c.rows) / n;
  kernels::column_sum(rows, begin, end, c.input<T>(0), n, c.output<T>(0));
}

Work work(const CallTypes& t) {
  return {.units = t.out[0]->shape.size(), .grain = 16, .flops = static_cast<double>(t.in[0]->elements(t.rows))};
}

}  // namespace sum_rows_op
}  // namespace

const Op sum_rows{.name = "sum_rows",
                  .infer = sum_rows_op::infer,
                  .run = TRAINYARD_KERNELS(sum_rows_op::run),
                  .work = sum_rows_op::work};

}  // namespace trainyard::ops
