// A training step allocates nothing. Counted over 1,000 steps by replacing the allocator of this program.
#include <gtest/gtest.h>

#include <utility>

#include "support/allocations.hpp"
#include "train/fixtures.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

/// Allocations of one call that trains `steps` steps, its own report included.
std::int64_t allocations_of(Trainer& trainer, std::int64_t steps) {
  const std::int64_t before = allocations;
  trainer.advance({.steps = steps});
  return allocations - before;
}

TEST(Allocation, StepsAllocateNothing) {
  // 90 rows in batches of 20: the last batch of each epoch is smaller, and epochs are shuffled on the way.
  const Json usual = parse_json(R"({"steps":100000,"batchSize":20,"clipNorm":1,"metrics":["accuracy"],
                                    "valEvery":100000})",
                                "fit");
  Json pieces = usual;
  pieces["microBatchSize"] = 7;
  pieces["recompute"] = true;
  for (const auto& [threads, options] : {std::pair{1, usual}, {2, usual}, {1, pieces}}) {
    ThreadPool pool(threads);
    Model model(parse_json(R"({"layers":[{"type":"linear","out":200},{"type":"relu"},{"type":"linear","out":200},
                               {"type":"dropout"},{"type":"linear","out":2}]})",
                           "model"),
                {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
    Trainer trainer(model, xor_points(90), nullptr, options, pool);
    trainer.advance({.steps = 20});
    const std::int64_t report = allocations_of(trainer, 70);
    EXPECT_EQ(allocations_of(trainer, 1070), report) << "1,000 steps more must cost what the report costs, no more";
  }
}

}  // namespace
}  // namespace trainyard
