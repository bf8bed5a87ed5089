// y = x + the row of a table that belongs to the position. Rows of x [*, 1, …] are positions, table: [context, …].
#include "ops/all.hpp"
#include "ops/common.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {
namespace {
namespace add_position_op {

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  const auto [first, count] = elements(*c.out_type[0], begin, end);
  const std::int64_t skipped = c.context->position * c.out_type[0]->shape.size();
  simd::map<T>(
      count, c.output<T>(0) + first, [](const auto& a, const auto& b) { return a + b; }, c.input<T>(0) + first,
      c.input<T>(1) + skipped + first);
}

}  // namespace add_position_op
}  // namespace

const Op add_position{.name = "add_position",
                      .infer = same_as_first,
                      .run = TRAINYARD_KERNELS(add_position_op::run),
                      .work = elementwise_work,
                      .in_place = 0};

}  // namespace trainyard::ops
