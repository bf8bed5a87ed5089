// Runs a plan on the CPU: a loop over {function, arguments}, on one thread or several.
#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "core/arena.hpp"
#include "core/parallel.hpp"
#include "graph/plan.hpp"

namespace trainyard {

/// A model's own memory, shared by all its plans.
struct ModelMemory {
  std::byte* parameters = nullptr;
  std::byte* gradients = nullptr;
  std::byte* state = nullptr;
};

class CpuExecutor {
 public:
  /// Binds the plan: allocates its arena and fixes every pointer. Throws OUT_OF_MEMORY; nothing fails afterwards.
  CpuExecutor(Plan plan, const ModelMemory& memory, ThreadPool& pool);

  /// Runs the plan's calls, or those in [first, last), over `rows` <= capacity rows. Allocates nothing.
  void run(std::int64_t rows, const StepContext& context);
  void run(std::int64_t rows, const StepContext& context, std::size_t first, std::size_t last);

  /// From how many operations on a plan, and a single call, is shared among the threads; by default such that sharing
  /// pays. Never changes a result; tests set both to 0.
  void share_from(double plan_flops, double call_flops);
  /// Whether runs may be shared among the threads at all (they may). Never changes a result.
  void share(bool may) { may_share_ = may; }
  /// Whether a run over as many rows as the last one would be shared if it may.
  [[nodiscard]] bool shares() const { return pool_.size() > 1 && flops_ >= share_plan_; }

  [[nodiscard]] const Plan& plan() const { return plan_; }
  /// Rows of the last run.
  [[nodiscard]] std::int64_t rows() const { return rows_; }
  /// Where a value lies; null if it is dead.
  [[nodiscard]] std::byte* at(ValueId v) const;
  template <class T>
  [[nodiscard]] T* at(ValueId v) const {
    return reinterpret_cast<T*>(at(v));
  }
  /// Bytes of the arenas that this plan owns.
  [[nodiscard]] std::size_t bytes() const;
  /// How often threads that share a run wait for each other before a call.
  [[nodiscard]] std::size_t joins() const;
  /// Estimated operations of one step at the present number of rows.
  [[nodiscard]] double flops() const { return flops_; }
  /// The same for any number of rows.
  [[nodiscard]] double flops(std::int64_t rows) const;

 private:
  struct Bound {
    Kernel run = nullptr;
    Kernel finish = nullptr;
    Work (*work_of)(const CallTypes&) = nullptr;
    Call call;
    Work work;
    bool by_rows = false;     ///< touches only its own rows
    bool serial = false;      ///< too small to share
    bool join_before = true;  ///< reads or overwrites what another thread may be at work on
  };
  void bind(const ModelMemory& memory);
  [[nodiscard]] Work work_of(const Bound& b, std::int64_t rows) const;
  void find_joins();
  void prepare(std::int64_t rows, const StepContext& context);
  void run_thread(int me, std::size_t first, std::size_t last);

  Plan plan_;
  ThreadPool& pool_;
  Arena activations_, constants_, scratch_, thread_scratch_;
  std::array<std::byte*, block_count> base_{};
  std::vector<Bound> steps_;
  StepContext context_;
  std::int64_t rows_ = -1;
  std::int64_t row_cut_ = row_grain;  ///< pieces of rows are multiples of it
  double flops_ = 0;
  double share_plan_ = 2e6;  ///< waking another thread costs as much
  double share_call_ = 1e5;
  bool may_share_ = true;
};

}  // namespace trainyard
