// What the test program has allocated so far: allocations.cpp replaces or watches its allocator.
#pragma once
#include <atomic>
#include <cstdint>

namespace trainyard {

extern std::atomic<std::int64_t> allocations;

}  // namespace trainyard
