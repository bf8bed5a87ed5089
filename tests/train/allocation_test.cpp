// A training step allocates nothing. Counted over 1,000 steps by replacing the allocator of this program.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "train/fixtures.hpp"
#include "train/trainer.hpp"

namespace {
std::atomic<std::int64_t> allocations{0};
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

// A sanitizer has an allocator of its own and tells of every call.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*, std::size_t),
                                                         void (*on_free)(const volatile void*));
namespace {
[[maybe_unused]] const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++allocations; }, [](const volatile void*) {});
}  // namespace

#else

namespace {
/// Not inlined: where g++ sees both ends it takes malloc under `new` for a mistake.
[[gnu::noinline]] void give_back(void* p) noexcept { std::free(p); }  // NOLINT(cppcoreguidelines-no-malloc)
}  // namespace

void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* p = std::malloc(bytes)) return p;  // NOLINT(cppcoreguidelines-no-malloc)
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, std::align_val_t align) {
  ++allocations;
  const auto a = static_cast<std::size_t>(align);
  if (void* p = std::aligned_alloc(a, (bytes + a - 1) / a * a)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { give_back(p); }
void operator delete(void* p, std::size_t) noexcept { give_back(p); }
void operator delete(void* p, std::align_val_t) noexcept { give_back(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { give_back(p); }

#endif

namespace trainyard {
namespace {

/// Allocations of one call that trains `steps` steps, its own report included.
std::int64_t allocations_of(Trainer& trainer, std::int64_t steps) {
  const std::int64_t before = allocations;
  trainer.advance({.steps = steps});
  return allocations - before;
}

TEST(Allocation, StepsAllocateNothing) {
  for (const int threads : {1, 2}) {
    ThreadPool pool(threads);
    Model model(parse_json(R"({"layers":[{"type":"linear","out":200},{"type":"relu"},{"type":"linear","out":200},
                               {"type":"dropout"},{"type":"linear","out":2}]})",
                           "model"),
                {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
    // 90 rows in batches of 20: the last batch of each epoch is smaller, and epochs are shuffled on the way.
    Trainer trainer(model, xor_points(90), nullptr,
                    parse_json(R"({"steps":100000,"batchSize":20,"clipNorm":1,"metrics":["accuracy"],
                                   "valEvery":100000})",
                               "fit"),
                    pool);
    trainer.advance({.steps = 20});
    const std::int64_t report = allocations_of(trainer, 70);
    EXPECT_EQ(allocations_of(trainer, 1070), report) << "1,000 steps more must cost what the report costs, no more";
  }
}

}  // namespace
}  // namespace trainyard
