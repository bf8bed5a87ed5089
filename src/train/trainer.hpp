// The training loop as a state machine: many to an engine, no globals, paused between any two steps.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "data/batches.hpp"
#include "data/dataset.hpp"
#include "schedules/schedule.hpp"
#include "train/evaluator.hpp"
#include "train/feed.hpp"
#include "train/gradient_sum.hpp"
#include "train/joints.hpp"
#include "train/scores.hpp"
#include "train/settings.hpp"
#include "train/sharing.hpp"
#include "train/weights.hpp"

namespace trainyard {

class Trainer {
 public:
  /// Throws what the options' parsing throws (UNKNOWN_OPTION, INVALID_VALUE, …), BATCH_TOO_LARGE, INVALID_LABEL,
  /// SHAPE_MISMATCH (data against model), OUT_OF_MEMORY; the model is as before.
  Trainer(Model& model, std::shared_ptr<const Dataset> data, std::shared_ptr<const Dataset> validation,
          const Json& options, ThreadPool& pool);
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  enum class State : std::uint8_t { running, finished, diverged };

  /// How far one call goes: whichever comes first. Without a time limit no clock is read.
  struct Until {
    double milliseconds = std::numeric_limits<double>::infinity();
    std::int64_t steps = std::numeric_limits<std::int64_t>::max();
  };
  /// Trains. Returns {state, reason?, validating?, events: […]}: the latest progress, and every validation, best and
  /// divergence. `validating`: time ran out amid a validation, which goes on in the next call.
  /// A step itself allocates nothing and calls nothing outside the engine.
  Json advance(const Until& until);

  /// Changes hyper-parameters between two steps: {lr, batchSize, microBatchSize, clipNorm, l1, l2, epochs, steps, and
  /// the optimizer's}.
  /// Nothing has changed if it throws.
  void set(const Json& changes);
  /// Ends the run; weights and optimizer state stay.
  void stop(const std::string& reason = "stopped");

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::int64_t step() const { return at_.step; }
  [[nodiscard]] double loss() const { return loss_; }
  [[nodiscard]] const Compiled& compiled() const { return train_; }
  [[nodiscard]] Learner& learner() { return learner_; }
  /// What the last step added to a parameter, PyTorch's layout; needs trackUpdates.
  void read_update(ParamId id, std::span<float> out) const;
  /// A parameter in the step that comes next, in PyTorch's layout.
  struct Preview {
    std::vector<float> gradient;  ///< on the next batch, at the present weights
    std::vector<float> update;    ///< what the optimizer would add
  };
  /// The next step as it would be now, for some parameters. Nothing has changed afterwards.
  [[nodiscard]] std::vector<Preview> preview(std::span<const ParamId> ids);

  // A batch that several trainers share (trainer_group.cpp), each with a model of its own: all begin alike, each runs a
  // part of the rows, hands its part of the gradient to all others, and takes the step with the sum of all parts, added
  // in the same order everywhere. So the weights stay alike to the bit and are never sent. Member 0 leads: it alone
  // validates, stops early and looks for what diverged.

  /// How many trainers, this one included, should share its batches: as many as the option `workers` says, else `most`
  /// if a step is large enough to gain. 1 for a run that cannot be shared; status() says why.
  [[nodiscard]] std::int64_t members(std::int64_t most);
  /// Becomes one of so many, before the first step. Throws OUT_OF_MEMORY, and is then as before.
  void join(std::int64_t member, std::int64_t members);
  /// Goes on alone; a part that was begun is undone. `why` is for status(); "": because begin_part() said so.
  void leave(const std::string& why);
  /// Runs its rows of the next batch. False, and nothing is done, if the model was changed by others than the steps
  /// that all members take, or if its batches have become such as members() would not share: the group must be left.
  [[nodiscard]] bool begin_part();
  /// What the others must have of the part that was run.
  [[nodiscard]] std::span<const std::byte> part() const;
  /// Where another's part belongs before it is added.
  [[nodiscard]] std::span<std::byte> incoming() const;
  /// Adds a member's part, its own too: in order, from 0 on.
  void add_part(std::int64_t member);
  /// Once all are added: takes the step; the answer is that of `advance`. A validation that begins here goes on there.
  /// Null where the step is not through, because a layer looks at all rows of the batch (batch norm): its part has been
  /// run on to the next such place, and part() has what all must have there.
  Json end_part();

  /// {step, epoch, row, lr, loss, state, bytes, workers, alone?: why the steps are not shared}. "bytes" is what the run
  /// takes at the present batch size: {weights, gradients, optimizer, activations (with scratch), copies (to go back
  /// to), validation (activations of its plan)}.
  [[nodiscard]] Json status() const;

 private:
  /// All that must go back when a run returns to a good copy.
  struct Place {
    std::int64_t step = 0;
    Position position;
    double seconds = 0;
  };
  [[nodiscard]] Compiled plan_for(std::int64_t rows, bool shared) const;
  void compile_plan();
  void train_one();
  /// Takes the step that the gradients of a batch of so many rows ask for.
  void learn(std::size_t rows);
  /// What comes behind a step; false if it diverged.
  bool follow(Json& events);
  /// What a call that trained answers.
  Json answer(Json events, bool stepped);
  /// Moves the parameters by their gradients, as the next step does; returns its learning rate.
  double move();
  [[nodiscard]] Course course() const;
  /// Runs a batch, in pieces if need be, up to the first one whose loss is not finite; the batch's loss. The gradients
  /// are then the batch's. Adds what the rows score to `scores` if given.
  double run_batch(std::span<const Row> rows, Scores* scores = nullptr);
  struct Piece {
    double loss, divisor;
  };
  Piece run_piece(std::span<const Row> rows, std::int64_t first, Scores* scores);
  // Its three parts: fills the plan's inputs and returns the divisor (`over`: Feed::seed); what the calls see; the
  // loss.
  double load(std::span<const Row> rows, double over = 0);
  [[nodiscard]] StepContext context(std::int64_t first) const;
  double score(std::size_t rows, double divisor, Scores* scores);
  /// Adds to the sum what rows of a batch come to, which begin at place `first` of it, up to a loss that is not finite.
  void run_pieces(std::span<const Row> rows, std::int64_t first, Scores* scores);
  /// Rows that are run at once, by one of so many.
  [[nodiscard]] std::int64_t piece_size(std::int64_t members) const;
  [[nodiscard]] std::int64_t piece_size() const { return piece_size(group_ ? group_->members : 1); }
  [[nodiscard]] std::string lone_reason() const;
  /// Bytes that travel with a part's gradient: the learning rate, then the scores.
  [[nodiscard]] std::size_t told_bytes() const { return sizeof(double) + scores_.bytes(); }
  [[nodiscard]] Scores make_scores() const;
  /// Undoes a part that was begun.
  void drop_part();
  /// The part's plan has been run to its end: the gradient of its rows.
  void add_own();
  void start_total();
  /// Calls of the plan that look across rows: in a group, each is followed by a joint.
  [[nodiscard]] std::int64_t coupled_calls() const;
  /// Whether batches are run in pieces although their rows are coupled: what comes out is that of pieces of just so
  /// many rows.
  [[nodiscard]] bool pieces_matter() const;
  [[nodiscard]] std::int64_t first_of(std::int64_t member) const;
  static double now_ms();
  void record(double loss);
  /// The mean of the steps since the last one becomes the next of the losses.
  void end_loss();
  [[nodiscard]] bool epoch_ended(std::int64_t before) const { return batches_.position().epoch != before; }
  [[nodiscard]] bool complete() const;
  void validate(Json& events);
  void end_validation(Json& events);
  void watch(const Json& result, Json& events);
  void keep_good_copy();
  void diverge(Json& events);
  [[nodiscard]] std::string find_culprit();
  [[nodiscard]] Json progress();
  [[nodiscard]] Json bytes() const;
  [[nodiscard]] std::string_view state_name() const;
  void finish(const std::string& reason);

  Model& model_;
  std::shared_ptr<const Dataset> data_, validation_;
  ThreadPool& pool_;
  ThreadPool alone_{1};
  RunSettings settings_;
  Sharing sharing_;
  std::unique_ptr<Loss> loss_kind_;
  Feed feed_;
  Learner learner_;
  std::unique_ptr<Schedule> schedule_;
  Batches batches_;
  Compiled train_;
  static constexpr std::uint64_t no_structure = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t structure_ = 0;  ///< the model's that the plan was made for
  std::vector<double> weights_;  ///< of the rows of the last piece
  GradientSum sum_;              ///< where a batch has several pieces
  struct Group {
    std::int64_t member, members;
    GradientSum total;
    Arena incoming{};
    Scores part_scores, step_scores;  ///< of this member's rows of a step, and of all of them
    std::uint64_t structure;          ///< the model's as all began
    std::uint64_t changes = 0;        ///< the model's, after the last step that all took
    std::int64_t added = -1;          ///< parts of this step; -1: none was begun
    std::size_t rows = 0;             ///< of the whole batch
    std::optional<double> lr{};       ///< the leader's for the step that all parts are here for
    double began = 0;                 ///< ms
    Joints joints{};                  ///< of the plan
    std::span<const Row> part{};      ///< this member's rows
    double divisor = 0;               ///< theirs
    Arena state{};                    ///< the model's of before the step, where joints change it
  };
  std::unique_ptr<Group> group_;
  std::string alone_because_;
  Scores scores_;
  std::unique_ptr<Evaluator> evaluator_;

  State state_ = State::running;
  std::string reason_;
  Place at_;
  Position batch_at_;        ///< where the last step's batch began
  bool validating_ = false;  ///< some of the validation data is still to be seen
  Json looking_;             ///< the event of the validation under way
  double loss_ = 0;
  double lr_ = 0;
  std::int64_t examples_ = 0;

  // Losses since the last progress event, thinned to a fixed number.
  static constexpr std::size_t max_losses = 64;
  std::array<float, max_losses> losses_{};
  std::size_t loss_count_ = 0;
  std::int64_t loss_stride_ = 1, loss_phase_ = 0;
  double loss_sum_ = 0;

  Snapshot good_;
  Place good_at_;
  double since_good_ = 0;

  std::optional<EarlyStopping> early_;
  std::unique_ptr<Snapshot> best_;
  double best_value_ = 0;
  std::int64_t best_step_ = -1, waits_ = 0;
  Arena before_update_;
};

}  // namespace trainyard
