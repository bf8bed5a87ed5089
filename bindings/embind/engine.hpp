// What the module holds once: the thread pool and the arrays on their way in.
#pragma once
#include <memory>

#include "buffers.hpp"
#include "core/parallel.hpp"
#include "kernels/gemm/tune.hpp"

namespace trainyard::bindings {

struct Engine {
  Engine() { kernels::gemm_tune(); }
  std::unique_ptr<ThreadPool> pool = std::make_unique<ThreadPool>(1);
  Buffers buffers;
};

inline Engine& engine() {
  static Engine the_engine;
  return the_engine;
}

}  // namespace trainyard::bindings
