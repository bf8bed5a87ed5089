#include "train/joints.hpp"

#include <algorithm>
#include <cstring>

namespace trainyard {
namespace {

/// Of what a part hands over: the call's first two inputs.
std::size_t bytes_of(const Plan& plan, std::size_t call, std::size_t input) {
  const ValueType& type = plan.values[plan.steps[call].inputs[input].index()].type;
  return static_cast<std::size_t>(type.shape.size()) * element_size(type.dtype, plan.precision);
}

}  // namespace

Joints::Joints(const Plan& plan, std::int64_t member, std::int64_t members) : member_(member) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (!plan.steps[i].op->joins_parts) continue;
    calls_.push_back(i);
    parts_.block_bytes =
        std::max(parts_.block_bytes, aligned(sizeof(double) + bytes_of(plan, i, 0) + bytes_of(plan, i, 1)));
  }
  blocks_ = Arena(static_cast<std::uint64_t>(parts_.block_bytes) * static_cast<std::uint64_t>(members), "parts");
  parts_.blocks = blocks_.data();
  parts_.count = members;
  stop();
}

void Joints::start(CpuExecutor& executor, std::int64_t rows, const StepContext& context) {
  next_ = 0;
  run(executor, rows, context, 0);
}

void Joints::run(CpuExecutor& executor, std::int64_t rows, const StepContext& context, std::size_t first) {
  const Plan& plan = executor.plan();
  const std::size_t end = waiting() ? calls_[next_] : plan.steps.size();
  if (rows > 0) executor.run(rows, context, first, end);
  if (!waiting()) return;
  std::byte* to = block(member_).data();
  *reinterpret_cast<double*>(to) = static_cast<double>(rows);
  used_ = sizeof(double);
  for (const std::size_t input : {0U, 1U}) {
    const std::size_t bytes = bytes_of(plan, end, input);
    std::memcpy(to + used_, executor.at(plan.steps[end].inputs[input]), bytes);
    used_ += bytes;
  }
}

void Joints::take(std::int64_t member, std::span<const std::byte> from) {
  if (member != member_) std::memcpy(block(member).data(), from.data(), used_);
}

void Joints::join(CpuExecutor& executor, std::int64_t rows, StepContext context) {
  const std::size_t call = calls_[next_];
  context.parts = &parts_;
  executor.run(rows, context, call, call + 1);  // running statistics are kept even where there are no rows
  context.parts = nullptr;
  ++next_;
  run(executor, rows, context, call + 1);
}

}  // namespace trainyard
