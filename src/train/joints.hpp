// Where a step needs the whole batch while several trainers run a part of it each (batch norm): the calls of the part's
// plan that join parts, and what all members hand each other there.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/arena.hpp"
#include "executors/cpu.hpp"

namespace trainyard {

class Joints {
 public:
  Joints() = default;
  /// Of a part's plan, for one of so many members. Throws OUT_OF_MEMORY; nothing below allocates.
  Joints(const Plan& plan, std::int64_t member, std::int64_t members);

  [[nodiscard]] bool empty() const { return calls_.empty(); }
  /// Bytes of the largest block.
  [[nodiscard]] std::size_t block_bytes() const { return parts_.block_bytes; }
  [[nodiscard]] std::size_t bytes() const { return blocks_.size(); }

  /// Runs the plan from its beginning to the first joint. Of no rows nothing is run.
  void start(CpuExecutor& executor, std::int64_t rows, const StepContext& context);
  /// Whether the plan has been run to a joint, and not to its end.
  [[nodiscard]] bool waiting() const { return next_ < calls_.size(); }
  /// What the others must have there.
  [[nodiscard]] std::span<const std::byte> own() const { return block(member_).first(used_); }
  /// Takes what another has there.
  void take(std::int64_t member, std::span<const std::byte> block);
  /// With the blocks of all: joins them and runs on to the next joint, or to the end.
  void join(CpuExecutor& executor, std::int64_t rows, StepContext context);
  /// The step is given up.
  void stop() { next_ = calls_.size(); }

 private:
  [[nodiscard]] std::span<std::byte> block(std::int64_t member) const {
    return {blocks_.data() + static_cast<std::size_t>(member) * parts_.block_bytes, parts_.block_bytes};
  }
  void run(CpuExecutor& executor, std::int64_t rows, const StepContext& context, std::size_t first);

  std::vector<std::size_t> calls_;  ///< indices of the plan's
  std::int64_t member_ = 0;
  Arena blocks_;
  Parts parts_;
  std::size_t next_ = 0;  ///< of calls_
  std::size_t used_ = 0;  ///< bytes of this joint's block
};

}  // namespace trainyard
