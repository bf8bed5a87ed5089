// Which instruction set the ops run with, and that each op is the same in all.
#include "ops/instructions.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "ops/all.hpp"
#include "simd/dispatch.hpp"
#include "support/errors.hpp"

namespace trainyard::ops {
namespace {

TEST(Instructions, HoldEveryOpUnderItsName) {
  for (const auto list : {all(), backward(), stepping()}) {
    for (const Op* op : list) {
      const Op& there = *compiled(op);
      EXPECT_EQ(there.name, op->name);
      EXPECT_TRUE(there.run) << op->name;
      EXPECT_EQ(static_cast<bool>(there.finish), static_cast<bool>(op->finish)) << op->name;
      EXPECT_EQ(there.in_place, op->in_place) << op->name;
      EXPECT_EQ(there.accumulates, op->accumulates) << op->name;
    }
  }
}

TEST(Instructions, LeaveAnOpOfNoListAsItIs) {
  const Op own = relu;
  EXPECT_EQ(compiled(&own), &own);
}

#ifdef TRAINYARD_DISPATCH

/// "sse4.2", "fma3+avx2" or "avx512bw": the best that this processor has up to `most`.
std::string best(const std::string& most) {
  if (most == "avx512" && __builtin_cpu_supports("avx512bw") != 0) return "avx512bw";
  if (most != "sse4.2" && __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) return "fma3+avx2";
  return "sse4.2";
}

TEST(Instructions, AreTheBestThatThisProcessorHasAndTheEnvironmentAllows) {
  const char* const most = std::getenv("TRAINYARD_SIMD");  // NOLINT(concurrency-mt-unsafe)
  const std::string expected = best(most == nullptr ? "avx512" : most);
  EXPECT_EQ(instructions().name, expected);
  EXPECT_EQ(instructions().lanes, expected == "avx512bw" ? 16 : expected == "fma3+avx2" ? 8 : 4);
  EXPECT_EQ(instructions().fused, expected != "sse4.2");
}

TEST(Instructions, RunKernelsOfTheirOwn) {
  const bool lowest = instructions().name == "sse4.2";
  for (const Op* op : all()) EXPECT_EQ(compiled(op)->run.f32 == op->run.f32, lowest) << op->name;
}

TEST(Instructions, AreNoneOfAnUnknownName) {
  const char* const before = std::getenv("TRAINYARD_SIMD");  // NOLINT(concurrency-mt-unsafe)
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TRAINYARD_SIMD", "avx3", 1);  // NOLINT(concurrency-mt-unsafe)
  const auto error = error_of([] { (void)simd::dispatch([](auto) { return 0; }); });
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  before == nullptr ? ::unsetenv("TRAINYARD_SIMD") : ::setenv("TRAINYARD_SIMD", kept.c_str(), 1);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, ErrorCode::invalid_value);
  EXPECT_EQ(error->path, "TRAINYARD_SIMD");
  EXPECT_EQ(error->got, "avx3");
}

#endif

}  // namespace
}  // namespace trainyard::ops
