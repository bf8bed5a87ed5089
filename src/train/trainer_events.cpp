// What a run says and does between steps: progress, validation, early stopping, and the way back from divergence.
#include <cmath>
#include <span>

#include "core/error.hpp"
#include "train/diagnosis.hpp"
#include "train/trainer.hpp"

namespace trainyard {

Json Trainer::progress() {
  const std::int64_t steps = static_cast<std::int64_t>(loss_count_) * loss_stride_ + loss_phase_;
  if (loss_phase_ > 0) end_loss();  // of fewer steps than the others
  Json event = json_object("type", "progress", "step", at_.step, "epoch", batches_.position().epoch, "row",
                           batches_.position().row, "loss", loss_, "lr", lr_, "examples", examples_, "seconds",
                           at_.seconds, "losses", std::span(losses_).first(loss_count_), "lossStride", loss_stride_,
                           "steps", steps, "gradNorm", std::sqrt(learner_.squared_norm()));
  if (!scores_.empty()) put(event, "metrics", scores_.result());
  loss_count_ = 0;
  loss_stride_ = 1;
  return event;
}

void Trainer::validate(Json& events) {
  Json event = json_object("type", evaluator_ ? "validation" : "epoch", "step", at_.step, "epoch",
                           batches_.position().epoch, "loss", loss_);
  if (!scores_.empty()) {
    put(event, "metrics", scores_.result());
    scores_.reset();
  }
  if (!evaluator_) {
    events.push_back(std::move(event));
    return;
  }
  looking_ = std::move(event);
  evaluator_->start();
  validating_ = true;
}

void Trainer::end_validation(Json& events) {
  validating_ = false;
  const Json result = evaluator_->result();
  looking_["val"] = result;
  events.push_back(std::move(looking_));
  const std::string_view wanted = schedule_->monitor();
  const auto seen = result.find(wanted.empty() ? "loss" : wanted);
  if (seen != result.end() && seen->is_number()) schedule_->observe(course(), seen->get<double>());
  if (early_) watch(result, events);
}

void Trainer::watch(const Json& result, Json& events) {
  const auto found = result.find(early_->monitor);
  if (found == result.end() || !found->is_number()) return;  // no answers to judge
  const bool falls = early_->monitor == "loss" || evaluator_->scores().goal(early_->monitor) == Goal::min;
  const double measured = found->get<double>();
  const double value = falls ? measured : -measured;
  if (std::isfinite(value) && (best_step_ < 0 || value < best_value_ - early_->min_delta)) {
    best_value_ = value;
    best_step_ = at_.step;
    waits_ = 0;
    if (best_) best_->take(model_, learner_);
    events.push_back(json_object("type", "best", "step", at_.step, early_->monitor, measured));
  } else if (++waits_ >= early_->patience) {
    finish("early stopping");
  }
}

void Trainer::keep_good_copy() {
  good_.take(model_, learner_);
  at_.position = batch_at_;
  good_at_ = at_;
  since_good_ = 0;
}

void Trainer::diverge(Json& events) {
  const std::int64_t bad_step = at_.step + 1;
  const double bad_loss = loss_;
  const std::string layer = group_ && group_->member > 0 ? "" : find_culprit();
  good_.restore(model_, learner_);
  at_ = good_at_;
  batches_.seek(at_.position);
  state_ = State::diverged;
  reason_ = "diverged";
  events.push_back(json_object("type", "diverged", "step", bad_step, "loss", std::isnan(bad_loss) ? "NaN" : "Infinity",
                               "layer", layer, "kept", at_.step, "lr", lr_));
}

std::string Trainer::find_culprit() {
  // The same step again with every value kept: a loss that is not finite has moved no weight.
  batches_.seek(batch_at_);
  CompileOptions options;
  options.mode = Mode::inspect;
  options.capacity = train_.executor->plan().capacity;
  options.loss = loss_kind_.get();
  options.target = feed_.target_type();
  Compiled inspected;
  try {
    inspected = compile(model_, options, pool_);
  } catch (const Error&) {
    return "";  // no memory to keep every value: the way back is more important than the name
  }
  const std::span<const Row> rows = batches_.next();
  std::swap(train_, inspected);
  loss_ = run_batch(rows);
  std::swap(train_, inspected);
  return first_not_finite(inspected, inspected.executor->rows());
}

Json Trainer::bytes() const {
  const ParameterPlaces& places = model_.places();
  std::size_t copies = good_.bytes() + before_update_.size();
  if (best_) copies += best_->bytes();
  return json_object("weights", places.parameter_bytes + places.state_bytes, "gradients",
                     places.parameter_bytes + sum_.bytes() + (group_ ? sum_.bytes() + group_->total.bytes() : 0),
                     "optimizer", learner_.bytes(), "activations",
                     train_.executor->bytes() + (group_ ? group_->joints.bytes() : 0), "copies", copies, "validation",
                     evaluator_ ? evaluator_->bytes() : std::size_t{0});
}

Json Trainer::status() const {
  Json status =
      json_object("state", state_name(), "step", at_.step, "epoch", batches_.position().epoch, "row",
                  batches_.position().row, "stepsPerEpoch", batches_.steps_per_epoch(), "loss", loss_, "lr", lr_,
                  "optimizer", learner_.optimizer().json(), "bytes", bytes(), "workers", group_ ? group_->members : 1);
  if (!alone_because_.empty()) status["alone"] = alone_because_;
  if (!reason_.empty()) status["reason"] = reason_;
  return status;
}

}  // namespace trainyard
