// Where threads wait for each other within a step.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "core/arena.hpp"
#include "executors/cpu.hpp"
#include "ops/affine.hpp"
#include "ops/all.hpp"

namespace trainyard {
namespace {

/// y = (x + 2 w)^2: y lies where 2 w lay, which every thread has read for its rows of the sum.
TEST(Joins, AValueWithoutRowsIsNotOverwrittenWhileAnotherThreadMayReadIt) {
  constexpr std::int64_t width = 16;
  ParameterTable table;
  Parameter p;
  p.names = {"w"};
  p.shape = {width};
  const ParamId w = table.get(p);
  Graph graph(table);
  const ValueId x = graph.input("x", {.shape = {width}});
  const ValueId doubled = graph.add(ops::affine, {graph.parameter(w)}, Attributes(ops::AffineAttributes{2, 0}));
  const ValueId sum = graph.add(ops::add, {x, doubled});
  const ValueId y = graph.add(ops::mul, {sum, sum});
  graph.keep(sum);
  graph.keep(y);
  const ParameterPlaces places = place_parameters(table, Precision::f32);
  const Arena parameters(places.parameter_bytes), gradients(places.parameter_bytes);
  Plan plan = make_plan(graph, places, {.capacity = 1});
  ASSERT_EQ(plan.values[y.index()].where.offset, plan.values[doubled.index()].where.offset);
  ThreadPool pool(2);
  const CpuExecutor executor(std::move(plan), {parameters.data(), gradients.data(), nullptr}, pool);
  EXPECT_EQ(executor.joins(), 2U)
      << "before the sum, which reads all of 2 w, and before the square, which overwrites it";
}

}  // namespace
}  // namespace trainyard
