// The bound that products are held against: multiply-adds that touch no memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/parallel.hpp"

namespace trainyard {

/// Calls `peak` (kernels::peak, compiled for vectors of `lanes` numbers) for so many rounds, on one thread or on each
/// of a pool's. How many operations that was; a multiply-add is two.
inline double run_peak(void (*peak)(float* numbers, std::int64_t iterations) noexcept, int lanes,
                       std::int64_t iterations, ThreadPool* pool) {
  const auto each = 12 * static_cast<std::size_t>(lanes);  // what a thread keeps in registers; four rounds an iteration
  const std::size_t threads = pool == nullptr ? 1 : static_cast<std::size_t>(pool->size());
  std::vector<float> numbers(threads * each, 1.0F);
  const auto job = [&](int thread) { peak(numbers.data() + static_cast<std::size_t>(thread) * each, iterations); };
  pool == nullptr ? job(0) : pool->run(job);
  return 8.0 * static_cast<double>(iterations) * static_cast<double>(numbers.size());
}

}  // namespace trainyard
