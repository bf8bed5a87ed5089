// A step in two halves, as one of several trainers that share a batch: a part of the rows, then the sum of all parts.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

// When sharing gains. Not asked of the clock, which would make the number of members, and so the bits, a matter of
// chance. Measured by benchmarks/workers.mjs (Node, two workers, 20 to 30 GFLOP/s each): a step costs 0.12 ms more, the
// time of 3e6 operations, and 1 ms for each MB of gradient. At 95 operations a byte two were 1.03 times as fast as one,
// at 190 1.14, at 370 1.44, at 1500 1.64 times. Each member more sends and adds one block more.
constexpr double least_flops = 2e7;
constexpr double least_flops_a_byte = 75;  ///< and member

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
  if (flops >= least_flops && gaining > 1) return gaining;
  alone_because_ = "small step";
  return 1;
}

std::string Trainer::lone_reason() const {
  const Plan& plan = train_.executor->plan();
  if (std::ranges::any_of(plan.steps, [](const PlanStep& s) { return s.op->couples_rows; })) return "batch norm";
  if (scores_.bytes() > model_.places().parameter_bytes) return "metrics";  // they would be most of what is exchanged
  if (!schedule_->monitor().empty()) return "schedule";                     // it looks at the leader's validations
  return "";
}

void Trainer::join(std::int64_t member, std::int64_t members) {
  group_ =
      std::make_unique<Group>(Group{.member = member,
                                    .members = members,
                                    .total = GradientSum(model_),
                                    .incoming = Arena(GradientSum::block_bytes(model_, scores_.bytes()), "gradients"),
                                    .part_scores = make_scores(),
                                    .step_scores = make_scores()});
  try {
    compile_plan();
  } catch (...) {
    group_.reset();
    throw;
  }
  group_->changes = model_.changes();
}

void Trainer::leave(const std::string& why) {
  drop_part();
  // The plan stays: where its rows are fewer than a batch's, that is run in pieces.
  group_.reset();
  alone_because_ = why;
}

void Trainer::drop_part() {
  if (!group_ || group_->added < 0) return;
  batches_.seek(batch_at_);
  group_->added = -1;
}

bool Trainer::begin_part() {
  if (structure_ != model_.structure() || group_->changes != model_.changes()) return false;
  group_->began = now_ms();
  batch_at_ = batches_.position();
  const std::span<const Row> rows = batches_.next();
  const auto border = [&](std::int64_t member) {
    return rows.size() * static_cast<std::size_t>(member) / static_cast<std::size_t>(group_->members);
  };
  const std::size_t first = border(group_->member);
  sum_.start();
  group_->part_scores.reset();
  run_pieces(rows.subspan(first, border(group_->member + 1) - first), static_cast<std::int64_t>(first),
             scores_.empty() ? nullptr : &group_->part_scores);
  group_->part_scores.write(sum_.more());
  group_->step_scores.reset();
  group_->rows = rows.size();
  group_->added = 0;
  group_->total.start();
  return true;
}

std::span<std::byte> Trainer::incoming() const { return {group_->incoming.data(), group_->incoming.size()}; }

void Trainer::add_part(std::int64_t member) {
  if (member != group_->added++) throw Error(ErrorCode::internal, "part", "", std::to_string(member));
  const std::span<const std::byte> block = member == group_->member ? part() : incoming();
  group_->total.add(block);
  group_->step_scores.merge(sum_.more(block));
}

Json Trainer::end_part() {
  if (group_->added != group_->members) throw Error(ErrorCode::internal, "part", "", std::to_string(group_->added));
  group_->added = -1;
  Json events = Json::array();
  loss_ = group_->total.finish();
  if (std::isfinite(loss_)) scores_.merge(group_->step_scores);
  learn(group_->rows);
  const bool stepped = follow(events);
  if (state_ == State::running && !validating_ && complete()) finish("complete");
  group_->changes = model_.changes();
  const double spent = now_ms() - group_->began;
  at_.seconds += spent / 1000;
  since_good_ += spent;
  return answer(std::move(events), stepped);
}

}  // namespace trainyard
