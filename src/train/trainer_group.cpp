// A step in two halves, as one of several trainers that share a batch: a part of the rows, then the sum of all parts.
// Where rows are coupled the first half has stops (joints.hpp), at each of which all hand over what the others need.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/error.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

// When sharing gains. Not asked of the clock, which would make the number of members, and so the bits, a matter of
// chance. Measured by benchmarks/workers.mjs (Node, two workers): a step costs 0.12 ms more, the time of 3e6
// operations, and some 0.7 ms for each MB of gradient. At 64 operations a byte two were 1.00 times as fast as one
// (W2b), at 137 1.32 to 1.45 (W2); on a slower machine at 95 1.03, at 190 1.14, at 370 1.44, at 1500 1.64 times. Each
// member more sends and adds one block more. A joint costs 0.1 ms: with six of them, steps of 2e7 operations were 0.98,
// of 6e7 1.34 times as fast.
constexpr double least_flops = 2e7;
constexpr double least_flops_a_joint = 6e6;
constexpr double least_flops_a_byte = 60;  ///< and member

}  // namespace

std::int64_t Trainer::members(std::int64_t most) {
  std::int64_t wanted = settings_.workers.value_or(most);
  if (wanted < 2) return 1;
  alone_because_ = lone_reason();
  if (!alone_because_.empty()) return 1;
  const std::int64_t batch = batches_.batch_size();
  if (!settings_.workers) wanted = std::min(wanted, std::max<std::int64_t>(batch / 2, 2));
  if (batch < 2 * wanted) {
    alone_because_ = "small batch";
    return 1;
  }
  if (settings_.workers) return wanted;
  const double flops = train_.executor->flops(batch);
  const double each = least_flops_a_byte * static_cast<double>(model_.places().parameter_bytes);
  const auto gaining = static_cast<std::int64_t>(std::min(static_cast<double>(wanted), flops / each));
  const auto joints = static_cast<double>(coupled_calls());
  if (flops >= least_flops + least_flops_a_joint * joints && gaining > 1) return gaining;
  alone_because_ = "small step";
  return 1;
}

std::int64_t Trainer::coupled_calls() const {
  return std::ranges::count_if(train_.executor->plan().steps, [](const PlanStep& s) { return s.op->couples_rows; });
}

bool Trainer::pieces_matter() const {
  const auto batch = static_cast<std::int64_t>(batches_.batch_size());
  return settings_.micro_batch_size.value_or(batch) < batch && coupled_calls() > 0;
}

std::string Trainer::lone_reason() const {
  if (pieces_matter()) return "batch norm";
  if (scores_.bytes() > model_.places().parameter_bytes) return "metrics";  // they would be most of what is exchanged
  return "";
}

void Trainer::join(std::int64_t member, std::int64_t members) {
  group_ = std::make_unique<Group>(Group{.member = member,
                                         .members = members,
                                         .total = GradientSum(model_),
                                         .part_scores = make_scores(),
                                         .step_scores = make_scores(),
                                         .structure = model_.structure()});
  try {
    compile_plan();
    group_->incoming =
        Arena(std::max(GradientSum::block_bytes(model_, told_bytes()), group_->joints.block_bytes()), "gradients");
    if (!group_->joints.empty()) group_->state = Arena(model_.places().state_bytes, "state");
  } catch (...) {
    group_.reset();
    throw;
  }
  group_->changes = model_.changes();
}

void Trainer::leave(const std::string& why) {
  drop_part();
  // The plan stays, and a batch is run in pieces of as many rows, unless it is one that asks others for theirs.
  if (group_ && !group_->joints.empty()) structure_ = no_structure;
  group_.reset();
  alone_because_ = !why.empty() ? why : pieces_matter() ? "batch norm" : "model changed";
}

void Trainer::drop_part() {
  if (!group_ || group_->added < 0) return;
  batches_.seek(batch_at_);
  if (group_->state.size() > 0 && group_->structure == model_.structure()) {
    std::memcpy(model_.memory().state, group_->state.data(), model_.places().state_bytes);
  }
  group_->joints.stop();
  group_->added = -1;
}

std::int64_t Trainer::first_of(std::int64_t member) const {
  return static_cast<std::int64_t>(group_->rows) * member / group_->members;
}

bool Trainer::begin_part() {
  // (structure_ is that of the plan, which may have been made anew since the model was changed.)
  if (group_->structure != model_.structure() || group_->changes != model_.changes() || pieces_matter()) return false;
  group_->began = now_ms();
  batch_at_ = batches_.position();
  const std::span<const Row> rows = batches_.next();
  group_->rows = rows.size();
  const std::int64_t first = first_of(group_->member);
  group_->part =
      rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(first_of(group_->member + 1) - first));
  group_->added = 0;
  sum_.start();
  group_->part_scores.reset();
  if (group_->joints.empty()) {
    run_pieces(group_->part, first, scores_.empty() ? nullptr : &group_->part_scores);
    start_total();
    return true;
  }
  if (group_->state.size() > 0) {
    std::memcpy(group_->state.data(), model_.memory().state, model_.places().state_bytes);
  }
  // Gradients that meet in a sum before it is known what the batch's loss divides by: all divide by its rows.
  group_->divisor = load(group_->part, static_cast<double>(rows.size()));
  group_->joints.start(*train_.executor, static_cast<std::int64_t>(group_->part.size()), context(first));
  return true;
}

void Trainer::add_own() {
  if (!group_->part.empty()) {
    const double loss = score(group_->part.size(), group_->divisor, scores_.empty() ? nullptr : &group_->part_scores);
    sum_.add(loss, group_->divisor, static_cast<double>(group_->rows));
  }
  start_total();
}

void Trainer::start_total() {
  const double lr = schedule_->lr(course(), at_.step);
  std::memcpy(sum_.more().data(), &lr, sizeof(lr));
  group_->part_scores.write(sum_.more().subspan(sizeof(lr)));
  group_->step_scores.reset();
  group_->total.start();
}

std::span<const std::byte> Trainer::part() const {
  return group_->joints.waiting() ? group_->joints.own() : sum_.block();
}

std::span<std::byte> Trainer::incoming() const { return {group_->incoming.data(), group_->incoming.size()}; }

void Trainer::add_part(std::int64_t member) {
  if (member != group_->added++) throw Error(ErrorCode::internal, "part", "", std::to_string(member));
  if (group_->joints.waiting()) return group_->joints.take(member, incoming());
  const std::span<const std::byte> block = member == group_->member ? part() : incoming();
  // The leader's rate counts: a schedule may look at validations, which it alone makes.
  double lr = 0;
  std::memcpy(&lr, sum_.more(block).data(), sizeof(lr));
  if (member == 0) group_->lr = lr;
  group_->total.add(block);
  group_->step_scores.merge(sum_.more(block).subspan(sizeof(lr)));
}

Json Trainer::end_part() {
  if (group_->added != group_->members) throw Error(ErrorCode::internal, "part", "", std::to_string(group_->added));
  if (group_->joints.waiting()) {
    group_->added = 0;
    group_->joints.join(*train_.executor, static_cast<std::int64_t>(group_->part.size()),
                        context(first_of(group_->member)));
    if (!group_->joints.waiting()) add_own();
    return {};
  }
  group_->added = -1;
  Json events = Json::array();
  loss_ = group_->total.finish();
  if (std::isfinite(loss_)) scores_.merge(group_->step_scores);
  learn(group_->rows);
  group_->lr.reset();
  const bool stepped = follow(events);
  if (state_ == State::running && !validating_ && complete()) finish("complete");
  group_->changes = model_.changes();
  const double spent = now_ms() - group_->began;
  at_.seconds += spent / 1000;
  since_good_ += spent;
  return answer(std::move(events), stepped);
}

}  // namespace trainyard
