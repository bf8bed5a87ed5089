#include "executors/cpu.hpp"

#include <algorithm>
#include <utility>

namespace trainyard {
namespace {

template <class T>
void store(std::byte* to, const std::vector<float>& numbers) {
  std::ranges::copy(numbers, reinterpret_cast<T*>(to));
}

/// Piece `me` of `of` of [0, units), in whole grains.
std::pair<std::int64_t, std::int64_t> piece(const Work& work, int me, int of) {
  const std::int64_t grains = (work.units + work.grain - 1) / work.grain;
  const std::int64_t begin = grains * me / of * work.grain;
  const std::int64_t end = grains * (me + 1) / of * work.grain;
  return {std::min(begin, work.units), std::min(end, work.units)};
}

}  // namespace

CpuExecutor::CpuExecutor(Plan plan, const ModelMemory& memory, ThreadPool& pool)
    : plan_(std::move(plan)),
      pool_(pool),
      activations_(static_cast<std::uint64_t>(plan_.bytes[static_cast<std::size_t>(Block::activations)]),
                   "activations"),
      constants_(static_cast<std::uint64_t>(plan_.bytes[static_cast<std::size_t>(Block::constants)]), "constants"),
      scratch_(plan_.scratch, "scratch"),
      thread_scratch_(std::uint64_t{plan_.scratch_per_thread} * static_cast<std::uint64_t>(pool.size()), "scratch") {
  for (const auto& [offset, numbers] : plan_.constants) {
    if (plan_.precision == Precision::f32) {
      store<float>(constants_.data() + offset, numbers);
    } else {
      store<double>(constants_.data() + offset, numbers);
    }
  }
  bind(memory);
}

void CpuExecutor::bind(const ModelMemory& memory) {
  base_ = {activations_.data(), memory.parameters, memory.gradients, memory.state, constants_.data()};
  steps_.reserve(plan_.steps.size());
  for (const PlanStep& step : plan_.steps) {
    Bound b;
    const Op& op = *compiled(step.op);
    b.run = op.run[plan_.precision];
    b.finish = op.finish[plan_.precision];
    b.work_of = op.work;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      if (!step.inputs[i].valid()) continue;
      b.call.in[i] = at(step.inputs[i]);
      b.call.in_type[i] = &plan_.values[step.inputs[i].index()].type;
    }
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
      b.call.out[i] = at(step.outputs[i]);
      b.call.out_type[i] = &plan_.values[step.outputs[i].index()].type;
    }
    b.call.attributes = &step.attributes;
    b.call.context = &context_;
    b.call.stream = step.stream;
    b.call.scratch = scratch_.data();
    steps_.push_back(b);
  }
  find_joins();
}

Work CpuExecutor::work_of(const Bound& b, std::int64_t rows) const {
  return b.work_of({b.call.in_type, b.call.out_type, b.call.attributes, rows, plan_.precision});
}

void CpuExecutor::find_joins() {
  // A place that calls since the last join have touched, and the bytes a row takes there; 0 where it has no rows: then
  // every thread reads all of it.
  struct Touched {
    std::uint64_t begin, end, row;
  };
  std::vector<Touched> touched;
  const auto overlaps = [&](const Touched& t) {
    return std::ranges::any_of(touched, [&](const Touched& o) {
      return t.begin < o.end && o.begin < t.end && (t.begin != o.begin || t.row != o.row || t.row == 0);
    });
  };
  const auto place = [&](ValueId v) {
    const PlanValue& p = plan_.values[v.index()];
    const std::uint64_t row = p.bytes == 0 || !p.type.batched
                                  ? 0
                                  : static_cast<std::uint64_t>(element_size(p.type.dtype, plan_.precision)) *
                                        static_cast<std::uint64_t>(p.type.shape.size());
    return Touched{p.where.offset, p.where.offset + p.bytes, row};
  };
  bool after_rows = false;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    Bound& b = steps_[i];
    const PlanStep& step = plan_.steps[i];
    const Work work = work_of(b, plan_.capacity);
    b.by_rows = work.rows && b.finish == nullptr;
    // A call that touches only its own rows, after another such call cut the same way, need not wait, unless a place
    // has been reused in between: another thread may still read the old value there.
    b.join_before = !(b.by_rows && after_rows);
    if (!b.join_before) {
      b.join_before = std::ranges::any_of(step.outputs, [&](ValueId v) {
        return plan_.values[v.index()].where.block == Block::activations && overlaps(place(v));
      });
    }
    if (b.join_before) touched.clear();
    for (const auto* list : {&step.inputs, &step.outputs}) {
      for (const ValueId v : *list) {
        if (v.valid() && plan_.values[v.index()].where.block == Block::activations) touched.push_back(place(v));
      }
    }
    after_rows = b.by_rows;
  }
}

std::byte* CpuExecutor::at(ValueId v) const {
  const PlanValue& value = plan_.values[v.index()];
  if (value.bytes == 0) return nullptr;
  return base_[static_cast<std::size_t>(value.where.block)] + value.where.offset;
}

std::size_t CpuExecutor::joins() const {
  const auto joined = std::ranges::count_if(steps_, [](const Bound& b) { return b.join_before; });
  return static_cast<std::size_t>(joined) - (steps_.front().join_before ? 1 : 0);
}

std::size_t CpuExecutor::bytes() const {
  return activations_.size() + constants_.size() + scratch_.size() + thread_scratch_.size();
}

void CpuExecutor::share_from(double plan_flops, double call_flops) {
  share_plan_ = plan_flops;
  share_call_ = call_flops;
  rows_ = -1;
}

double CpuExecutor::flops(std::int64_t rows) const {
  double sum = 0;
  for (const Bound& b : steps_) sum += work_of(b, rows).flops;
  return sum;
}

void CpuExecutor::prepare(std::int64_t rows, const StepContext& context) {
  context_ = context;
  if (rows == rows_) return;
  rows_ = rows;
  // Few rows (of sequences, say) are shared evenly rather than in whole register tiles.
  row_cut_ = rows >= 4 * row_grain * pool_.size() ? row_grain : 1;
  flops_ = 0;
  for (Bound& b : steps_) {
    b.call.rows = rows;
    b.work = work_of(b, rows);
    b.serial = !b.by_rows && (b.work.flops < share_call_ || b.work.units <= b.work.grain);
    flops_ += b.work.flops;
  }
}

void CpuExecutor::run(std::int64_t rows, const StepContext& context) { run(rows, context, 0, steps_.size()); }

void CpuExecutor::run(std::int64_t rows, const StepContext& context, std::size_t first, std::size_t last) {
  prepare(rows, context);
  if (may_share_ && shares()) {
    pool_.run([this, first, last](int me) { run_thread(me, first, last); });
    return;
  }
  for (std::size_t i = first; i < last; ++i) {
    Bound& b = steps_[i];
    b.call.thread_scratch = thread_scratch_.data();
    b.run(b.call, 0, b.work.units);
    if (b.finish != nullptr) b.finish(b.call, 0, 1);
  }
}

void CpuExecutor::run_thread(int me, std::size_t first, std::size_t last) {
  const int threads = pool_.size();
  for (std::size_t i = first; i < last; ++i) {
    const Bound& b = steps_[i];
    if (b.join_before && i > first) pool_.barrier();
    Call call = b.call;
    call.thread_scratch = thread_scratch_.data() + plan_.scratch_per_thread * static_cast<std::size_t>(me);
    if (b.serial) {
      if (me == 0) b.run(call, 0, b.work.units);
    } else {
      // Rows are cut alike for every call of a stretch: by the row count alone, not by each call's own grain.
      const Work cut = b.work.rows ? Work{.units = b.work.units, .grain = row_cut_} : b.work;
      const auto [begin, end] = piece(cut, me, threads);
      if (begin < end) b.run(call, begin, end);
    }
    if (b.finish == nullptr) continue;
    pool_.barrier();
    if (me == 0) b.finish(call, 0, 1);
  }
}

}  // namespace trainyard
