// A fork-join pool: one counter wakes the workers, one gathers them. Threads never change a result: a unit of work
// gives the same bits whoever computes it (graph/op.hpp, Work), and this pool only says who does.
#pragma once
#include <atomic>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

namespace trainyard {

class ThreadPool {
 public:
  /// `threads` includes the caller; 1 starts none. A build without threads always has 1.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int size() const { return static_cast<int>(workers_.size()) + 1; }
  /// Runs job(thread) once on every thread, the caller being thread 0; returns when all are done. Allocates nothing.
  template <class F>
  void run(F&& job) {
    using Job = std::remove_reference_t<F>;
    start([](void* context, int thread) { (*static_cast<Job*>(context))(thread); },
          const_cast<std::remove_const_t<Job>*>(&job));
  }
  /// Inside a job: waits until every thread has arrived.
  void barrier();

 private:
  using Job = void (*)(void* context, int thread);
  void start(Job job, void* context);
  void work(int me);

  alignas(64) std::atomic<std::uint32_t> epoch_{0};
  alignas(64) std::atomic<std::uint32_t> pending_{0};
  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> phase_{0};
  std::atomic<bool> stop_{false};
  int looks_ = 0;  ///< at what is waited for, before sleeping
  Job job_ = nullptr;
  void* context_ = nullptr;
  std::vector<std::thread> workers_;
};

}  // namespace trainyard
