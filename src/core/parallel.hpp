// A fork-join pool: one counter wakes the workers, one gathers them. Threads never change a result: how work is cut
// follows from shapes (graph/op.hpp), and this pool only says who computes which piece.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
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
  /// Runs job(thread) once on every thread, the caller being thread 0; returns when all are done.
  void run(const std::function<void(int)>& job);
  /// Inside a job: waits until every thread has arrived.
  void barrier();

 private:
  void work(int me);

  alignas(64) std::atomic<std::uint32_t> epoch_{0};
  alignas(64) std::atomic<std::uint32_t> pending_{0};
  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> phase_{0};
  std::atomic<bool> stop_{false};
  const std::function<void(int)>* job_ = nullptr;
  std::vector<std::thread> workers_;
};

}  // namespace trainyard
