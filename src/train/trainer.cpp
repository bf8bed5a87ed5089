#include "train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/error.hpp"
#include "optimizers/clip.hpp"

namespace trainyard {
namespace {

/// Where copying all parameters costs next to nothing beside a step.
constexpr std::size_t small_bytes = 65536;

constexpr std::int64_t usual_batch = 32;

/// So much training lies between two good copies, by looks at the clock; a call that counts steps alone copies once, as
/// it starts. A copy takes 1 % of a step of W5.
constexpr double good_copy_ms = 300;

std::int64_t planned_steps(const RunSettings& s, std::int64_t steps_per_epoch) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t epochs = s.epochs.value_or(1);
  const bool fits = epochs <= most / steps_per_epoch;
  const std::int64_t by_epochs = (s.epochs || !s.steps) && fits ? epochs * steps_per_epoch : most;
  return std::min(by_epochs, s.steps.value_or(most));
}

std::int64_t batch_size_of(const RunSettings& s, Row rows) {
  return s.batch_size.value_or(std::min<std::int64_t>(usual_batch, rows));
}

Sharing sharing_of(const RunSettings& s) {
  return s.share_steps ? Sharing(*s.share_steps ? Sharing::shared : Sharing::alone) : Sharing();
}

/// Throws INVALID_VALUE unless validations give a number of this name.
void check_monitor(const std::string& path, std::string_view monitor, const Scores& scores) {
  if (monitor == "loss" || scores.goal(monitor) != Goal::none) return;
  throw Error(ErrorCode::invalid_value, path + ".monitor", "loss | metrics", std::string(monitor));
}

}  // namespace

Trainer::Trainer(Model& model, std::shared_ptr<const Dataset> data, std::shared_ptr<const Dataset> validation,
                 const Json& options, ThreadPool& pool)
    : model_(model),
      data_(std::move(data)),
      validation_(std::move(validation)),
      pool_(pool),
      settings_(parse_options<RunSettings>(options, "fit")),
      sharing_(sharing_of(settings_)),
      loss_kind_(parse_loss(settings_.loss, "fit.loss")),
      feed_(model, *data_),
      learner_(model, parse_optimizer(settings_.optimizer, "fit.optimizer")),
      batches_(data_->rows(), {.batchSize = batch_size_of(settings_, data_->rows()),
                               .shuffle = settings_.shuffle,
                               .dropLast = settings_.drop_last,
                               .seed = static_cast<std::uint64_t>(settings_.seed)}),
      good_(model, learner_) {
  feed_.need_target(settings_.target);
  feed_.check_target(*loss_kind_, model.outputs().front().second);
  schedule_ = parse_schedule(settings_.schedule, "fit.schedule");
  scores_ = make_scores();
  compile_plan();
  if (validation_) {
    evaluator_ =
        std::make_unique<Evaluator>(model, validation_, *loss_kind_, settings_.metrics, settings_.target, pool);
  }
  if (const std::string_view monitor = schedule_->monitor(); !monitor.empty()) {
    if (!validation_) throw Error(ErrorCode::missing_option, "fit.val", "", "", {"needed_by", "schedule"});
    check_monitor("fit.schedule", monitor, evaluator_->scores());
    schedule_->expect(evaluator_->scores().goal(monitor) == Goal::max);
  }
  if (!settings_.early_stopping.is_null()) {
    early_ = parse_options<EarlyStopping>(settings_.early_stopping, "fit.earlyStopping");
    if (!validation_) throw Error(ErrorCode::missing_option, "fit.val", "", "", {"needed_by", "earlyStopping"});
    check_monitor("fit.earlyStopping", early_->monitor, evaluator_->scores());
    if (early_->restore_best) best_ = std::make_unique<Snapshot>(model, learner_);
  }
  const bool is_small = model.places().parameter_bytes <= small_bytes;
  if (settings_.track_updates.value_or(is_small)) before_update_ = Arena(model.places().parameter_bytes, "updates");
}

Scores Trainer::make_scores() const {
  return {settings_.metrics, model_.outputs().front().second, feed_.target_type(), *loss_kind_, "fit.metrics"};
}

double Trainer::now_ms() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double, std::milli>(Clock::now().time_since_epoch()).count();
}

std::int64_t Trainer::piece_size(std::int64_t members) const {
  const std::int64_t part = (static_cast<std::int64_t>(batches_.batch_size()) + members - 1) / members;
  return std::min(part, settings_.micro_batch_size.value_or(part));
}

Compiled Trainer::plan_for(std::int64_t rows, bool shared) const {
  CompileOptions options;
  options.mode = Mode::train;
  options.capacity = rows;
  options.loss = loss_kind_.get();
  options.target = feed_.target_type();
  options.keep_outputs = !scores_.empty();
  options.recompute = settings_.recompute;
  options.shared = shared;
  return compile(model_, options, pool_);
}

void Trainer::compile_plan() {
  // All that can fail comes before the first change.
  const std::int64_t rows = piece_size();
  Compiled made = plan_for(rows, group_ != nullptr);
  const bool pieces = group_ || rows < static_cast<std::int64_t>(batches_.batch_size());
  GradientSum sum = pieces ? GradientSum(model_, group_ ? told_bytes() : 0) : GradientSum();
  Joints joints = group_ ? Joints(made.executor->plan(), group_->member, group_->members) : Joints();
  weights_.resize(std::max(weights_.size(), static_cast<std::size_t>(rows)));
  train_ = std::move(made);
  sum_ = std::move(sum);
  if (group_) group_->joints = std::move(joints);
  structure_ = model_.structure();
  learner_.arrange(settings_.l1 > 0 || settings_.l2 > 0);
}

Course Trainer::course() const {
  const std::int64_t per_epoch = batches_.steps_per_epoch();
  return {learner_.optimizer().lr(), planned_steps(settings_, per_epoch), per_epoch};
}

StepContext Trainer::context(std::int64_t first) const {
  StepContext context;
  context.seed = static_cast<std::uint64_t>(settings_.seed);
  context.step = static_cast<std::uint64_t>(at_.step);
  context.first_row = first;
  return context;
}

double Trainer::load(std::span<const Row> rows, double over) {
  // A small plan is run alone; threads that sleep are not worth waking for its input.
  const bool shared = sharing_.way() == Sharing::shared && train_.executor->shares();
  feed_.gather(rows, train_, shared ? &pool_ : nullptr);
  train_.executor->share(sharing_.way() == Sharing::shared);
  return feed_.seed(rows, train_, *loss_kind_, std::span(weights_).first(rows.size()), over);
}

double Trainer::score(std::size_t rows, double divisor, Scores* scores) {
  const auto weights = std::span(weights_).first(rows);
  const double loss = mean_loss(train_, weights, divisor);
  if (scores != nullptr && std::isfinite(loss)) {
    scores->update(train_, rows, data_->weighted() ? std::span<const double>(weights) : std::span<const double>());
  }
  return loss;
}

Trainer::Piece Trainer::run_piece(std::span<const Row> rows, std::int64_t first, Scores* scores) {
  const double divisor = load(rows);
  train_.executor->run(static_cast<std::int64_t>(rows.size()), context(first));
  return {score(rows.size(), divisor, scores), divisor};
}

double Trainer::run_batch(std::span<const Row> rows, Scores* scores) {
  const auto most = static_cast<std::size_t>(train_.executor->plan().capacity);
  if (rows.size() <= most) return run_piece(rows, 0, scores).loss;
  sum_.start();
  run_pieces(rows, 0, scores);
  return sum_.finish();
}

void Trainer::run_pieces(std::span<const Row> rows, std::int64_t first, Scores* scores) {
  const auto most = static_cast<std::size_t>(train_.executor->plan().capacity);
  for (std::size_t i = 0; i < rows.size(); i += most) {
    const std::span<const Row> some = rows.subspan(i, std::min(most, rows.size() - i));
    const Piece piece = run_piece(some, first + static_cast<std::int64_t>(i), scores);
    sum_.add(piece.loss, piece.divisor);
    if (!std::isfinite(piece.loss)) return;
  }
}

void Trainer::train_one() {
  batch_at_ = batches_.position();
  const std::span<const Row> rows = batches_.next();
  loss_ = run_batch(rows, scores_.empty() ? nullptr : &scores_);
  learn(rows.size());
}

void Trainer::learn(std::size_t rows) {
  if (!std::isfinite(loss_)) return;
  if (since_good_ >= good_copy_ms) keep_good_copy();  // these weights have just proved to be good
  if (before_update_.size() > 0) {
    std::memcpy(before_update_.data(), model_.memory().parameters, before_update_.size());
  }
  lr_ = move();
  ++at_.step;
  examples_ += static_cast<std::int64_t>(rows);
  record(loss_);
}

double Trainer::move() {
  const double scale = settings_.clip_norm > 0 ? clip_scale(learner_.squared_norm(), settings_.clip_norm) : 1;
  const double lr = group_ && group_->lr ? *group_->lr : schedule_->lr(course(), at_.step);
  learner_.update(lr, scale, settings_.l1, settings_.l2, sharing_.way() == Sharing::shared ? pool_ : alone_);
  return lr;
}

void Trainer::record(double loss) {
  loss_sum_ += loss;
  if (++loss_phase_ < loss_stride_) return;
  end_loss();
  if (loss_count_ < max_losses) return;
  for (std::size_t i = 0; i < max_losses / 2; ++i) losses_[i] = (losses_[2 * i] + losses_[2 * i + 1]) / 2;
  loss_count_ = max_losses / 2;
  loss_stride_ *= 2;
}

void Trainer::end_loss() {
  losses_[loss_count_++] = static_cast<float>(loss_sum_ / static_cast<double>(loss_phase_));
  loss_sum_ = 0;
  loss_phase_ = 0;
}

bool Trainer::follow(Json& events) {
  if (!std::isfinite(loss_)) {
    diverge(events);
    return false;
  }
  if (settings_.val_every > 0 ? at_.step % settings_.val_every == 0 : epoch_ended(batch_at_.epoch)) validate(events);
  return true;
}

Json Trainer::answer(Json events, bool stepped) {
  if (stepped && state_ != State::diverged) events.push_back(progress());
  Json result = json_object("state", state_name());
  if (!reason_.empty()) result["reason"] = reason_;
  if (validating_ && state_ == State::running) result["validating"] = true;
  result["events"] = std::move(events);
  return result;
}

Json Trainer::advance(const Until& until) {
  Json events = Json::array();
  const bool timed = std::isfinite(until.milliseconds);
  const double begin = timed ? now_ms() : 0;
  double last = begin;
  // The clock is a call into JavaScript: looked at after so many steps as should take a tenth of the time.
  std::int64_t look_every = 1;
  std::int64_t done = 0;
  std::int64_t looked = 0;
  bool measurable = true;
  while (state_ == State::running && (validating_ || done < until.steps)) {
    if (!validating_) {
      if (structure_ != model_.structure()) compile_plan();
      train_one();
      if (!follow(events)) break;
      ++done;
    }
    measurable = measurable && !validating_;
    // Validation goes chunk by chunk: a pause must not wait for all of it.
    if (validating_ && !evaluator_->advance()) end_validation(events);
    if (state_ == State::running && !validating_ && complete()) finish("complete");
    if (timed && (validating_ || done % look_every == 0)) {
      const double now = now_ms();
      if (now - last < until.milliseconds / 10) look_every = std::min<std::int64_t>(2 * look_every, 4096);
      if (now - last > until.milliseconds / 5) look_every = std::max<std::int64_t>(look_every / 2, 1);
      if (measurable && train_.executor->shares()) sharing_.measured(now - last, done - looked);
      measurable = true;
      looked = done;
      since_good_ += now - last;
      last = now;
      if (now - begin >= until.milliseconds) break;
    }
  }
  if (timed) {
    const double now = now_ms();
    at_.seconds += (now - begin) / 1000;
    since_good_ += now - last;
  } else {
    since_good_ = good_copy_ms;
  }
  return answer(std::move(events), done > 0);
}

std::string_view Trainer::state_name() const {
  return state_ == State::running ? "running" : state_ == State::finished ? "finished" : "diverged";
}

bool Trainer::complete() const {
  if (settings_.steps && at_.step >= *settings_.steps) return true;
  if (settings_.steps && !settings_.epochs) return false;
  return batches_.position().epoch >= settings_.epochs.value_or(1);
}

void Trainer::set(const Json& changes) {
  if (!changes.is_object()) throw Error(ErrorCode::type_mismatch, "set", "object", short_text(changes));
  // What the run itself takes is parsed with its own rules; the rest is the optimizer's.
  static constexpr std::array<std::string_view, 7> own{"batchSize", "microBatchSize", "clipNorm", "l1",
                                                       "l2",        "epochs",         "steps"};
  Json mine = Json::object();
  Json optimizers = Json::object();
  for (const auto& [key, value] : changes.items()) {
    if (key == "type" || key == "name") throw unknown_name(ErrorCode::unknown_option, "set." + key, key, own);
    (std::ranges::find(own, key) != own.end() ? mine : optimizers)[key] = value;
  }
  RunSettings settings = settings_;
  OptionReader reader(mine, "set");
  settings.visit(reader);
  Optimizer optimizer = learner_.optimizer();
  if (!optimizers.empty()) optimizer.set(optimizers, "set");
  const Row old_batch = batches_.batch_size();
  const std::int64_t old_piece = piece_size();
  if (settings.batch_size) batches_.set_batch_size(*settings.batch_size);
  std::swap(settings_, settings);
  if (batches_.batch_size() != old_batch || piece_size() != old_piece) {
    try {
      compile_plan();
    } catch (...) {  // no memory for it: the plan of before is still there
      std::swap(settings_, settings);
      batches_.set_batch_size(static_cast<std::int64_t>(old_batch));
      throw;
    }
  }
  learner_.optimizer() = optimizer;
  learner_.arrange(settings_.l1 > 0 || settings_.l2 > 0);
}

void Trainer::stop(const std::string& reason) {
  if (state_ != State::running) return;
  drop_part();
  finish(reason);
}

void Trainer::finish(const std::string& reason) {
  state_ = State::finished;
  reason_ = reason;
  if (best_ && best_step_ >= 0 && reason != "stopped") best_->restore(model_, learner_);
}

void Trainer::read_update(ParamId id, std::span<float> out) const {
  if (before_update_.size() == 0) throw Error(ErrorCode::missing_option, "fit.trackUpdates", "true", "false");
  if (at_.step == 0) {
    std::ranges::fill(out, 0.0F);  // nothing has moved yet
  } else {
    model_.read_difference(id, before_update_.data(), out);
  }
}

std::vector<Trainer::Preview> Trainer::preview(std::span<const ParamId> ids) {
  if (structure_ != model_.structure()) compile_plan();
  // The step is done, and undone.
  const Snapshot present(model_, learner_);
  const std::uint64_t changes = model_.changes();
  const std::size_t bytes = model_.places().parameter_bytes;
  Arena gradients(bytes, "preview");
  std::memcpy(gradients.data(), model_.memory().gradients, bytes);
  std::vector<Preview> previews;
  for (const ParamId id : ids) {
    const auto size = static_cast<std::size_t>(model_.parameters()[id].shape.size());
    previews.push_back({std::vector<float>(size), std::vector<float>(size)});
  }
  // Where rows are coupled, a member's part would not tell what one alone runs at once.
  Compiled of_part;
  if (group_ && !group_->joints.empty()) {
    const std::int64_t rows = piece_size(1);
    weights_.resize(std::max(weights_.size(), static_cast<std::size_t>(rows)));
    of_part = std::exchange(train_, plan_for(rows, false));
  }
  const Position position = batches_.position();
  run_batch(batches_.next());
  move();  // all memory that this takes is there already
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!model_.parameters()[ids[i]].trained()) continue;
    model_.read(ids[i], std::span(previews[i].gradient), Content::gradient);
    model_.read_difference(ids[i], present.parameters(), previews[i].update);
  }
  present.restore(model_, learner_);
  if (group_ && group_->changes == changes) group_->changes = model_.changes();
  std::memcpy(model_.memory().gradients, gradients.data(), bytes);
  if (of_part.executor) train_ = std::move(of_part);
  batches_.seek(position);
  return previews;
}

}  // namespace trainyard
