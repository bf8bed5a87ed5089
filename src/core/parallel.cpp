#include "core/parallel.hpp"

#include <limits>
#ifdef __EMSCRIPTEN_PTHREADS__
#include <emscripten/threading.h>
#endif

namespace trainyard {
namespace {

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr bool has_threads = false;
#else
constexpr bool has_threads = true;
#endif

/// Sleeps while the word has the value seen. Not the raw wait instruction: Node 20's baseline compiler gets a loop
/// around it wrong; Emscripten's futex is right everywhere.
void park(std::atomic<std::uint32_t>& word, std::uint32_t seen) {
#ifdef __EMSCRIPTEN_PTHREADS__
  emscripten_futex_wait(&word, seen, std::numeric_limits<double>::infinity());
#else
  word.wait(seen, std::memory_order_acquire);
#endif
}

void wake(std::atomic<std::uint32_t>& word) {
#ifdef __EMSCRIPTEN_PTHREADS__
  emscripten_futex_wake(&word, std::numeric_limits<int>::max());
#else
  word.notify_all();
#endif
}

/// Looks at the word so many times before sleeping.
void wait_while(std::atomic<std::uint32_t>& word, std::uint32_t seen, int looks) {
  for (int i = 0; i < looks; ++i) {
    if (word.load(std::memory_order_acquire) != seen) return;
  }
  while (word.load(std::memory_order_acquire) == seen) park(word, seen);
}

/// Some 50 us: what the pieces of a call differ by, and what lies between two calls and two steps, is shorter, while a
/// futex costs 6 to 14 us, and several times that where a sleeping core of a virtual machine must be woken.
constexpr int patient = 100'000;

}  // namespace

ThreadPool::ThreadPool(int threads) {
  if (!has_threads) return;
  // With fewer cores than threads, looking would take the core from the thread that is waited for.
  if (threads <= static_cast<int>(std::thread::hardware_concurrency())) looks_ = patient;
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
  stop_.store(true, std::memory_order_relaxed);
  epoch_.fetch_add(1, std::memory_order_release);
  wake(epoch_);
  for (std::thread& w : workers_) w.join();
}

void ThreadPool::start(Job job, void* context) {
  if (workers_.empty()) {
    job(context, 0);
    return;
  }
  job_ = job;
  context_ = context;
  pending_.store(static_cast<std::uint32_t>(workers_.size()), std::memory_order_relaxed);
  epoch_.fetch_add(1, std::memory_order_release);
  wake(epoch_);
  job(context, 0);
  for (std::uint32_t p = pending_.load(std::memory_order_acquire); p != 0;
       p = pending_.load(std::memory_order_acquire)) {
    wait_while(pending_, p, looks_);
  }
}

void ThreadPool::barrier() {
  if (workers_.empty()) return;
  const std::uint32_t phase = phase_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == workers_.size()) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.fetch_add(1, std::memory_order_release);
    wake(phase_);
  } else {
    wait_while(phase_, phase, looks_);
  }
}

void ThreadPool::work(int me) {
  for (std::uint32_t seen = 0;;) {
    wait_while(epoch_, seen, looks_);
    seen = epoch_.load(std::memory_order_acquire);
    if (stop_.load(std::memory_order_relaxed)) return;
    job_(context_, me);
    if (pending_.fetch_sub(1, std::memory_order_acq_rel) == 1) wake(pending_);
  }
}

}  // namespace trainyard
