// A batch that is run in pieces: loss, gradient, metrics and updates of the whole batch.
#include <gtest/gtest.h>

#include <cmath>

#include "support/errors.hpp"
#include "train/networks.hpp"

namespace trainyard {
namespace {

/// Largest difference, relative to the largest number (at least 1).
double apart(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0;
  double largest = 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    most = std::max(most, std::abs(a[i] - b[i]));
    largest = std::max(largest, std::abs(b[i]));
  }
  return most / largest;
}

TEST(Accumulation, IsTheWholeBatch) {
  for (const Sort& sort : sorts_of_networks()) {
    if (sort.couples_rows) continue;
    for (const bool weighted : {false, true}) {
      const auto data = rows_for(sort, 20, weighted);  // batches of 8, 8 and 4
      for (const Precision precision : precisions()) {
        const Trained whole = train_sort(sort, data, {{"batchSize", 8}}, 6, precision);
        for (const int piece : {1, 3, 5}) {
          const Trained pieces = train_sort(sort, data, {{"batchSize", 8}, {"microBatchSize", piece}}, 6, precision);
          const double allowed = precision == Precision::f64 ? 1e-12 : 2e-5;
          EXPECT_LE(apart(pieces.losses, whole.losses), allowed) << sort.name << piece << weighted;
          EXPECT_LE(apart(pieces.numbers, whole.numbers), allowed) << sort.name << piece << weighted;
          EXPECT_LT(pieces.activations, whole.activations) << sort.name << piece;
        }
      }
    }
  }
}

TEST(Accumulation, APieceThatIsTheBatchIsTheBatch) {
  for (const Sort& sort : sorts_of_networks()) {
    const auto data = rows_for(sort, 20);
    const Trained whole = train_sort(sort, data, {{"batchSize", 8}}, 3);
    for (const int piece : {8, 9, 1000}) {
      const Trained same = train_sort(sort, data, {{"batchSize", 8}, {"microBatchSize", piece}}, 3);
      EXPECT_EQ(same.losses, whole.losses) << sort.name;
      EXPECT_EQ(same.numbers, whole.numbers) << sort.name;
      EXPECT_EQ(same.activations, whole.activations) << sort.name;
    }
  }
}

/// Two numbers a row; of the labels, some that do not count.
std::shared_ptr<const Dataset> labelled(const std::vector<float>& x, const std::vector<std::int32_t>& y) {
  DatasetParts parts;
  parts.rows = static_cast<Row>(y.size());
  parts.inputs.push_back(column("x", {2}, DType::f32, x));
  parts.targets.push_back(column("y", {}, DType::i32, y));
  return std::make_shared<const Dataset>(std::move(parts));
}

TEST(Accumulation, PiecesInWhichNothingCountsAreNothing) {
  // Pieces: one row of two, none, both.
  const auto data = labelled({1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4}, {0, -100, -100, -100, 1, 0});
  std::vector<std::vector<float>> ends;
  for (const int piece : {2, 6}) {
    ThreadPool pool(1);
    Model model(two_layers(), takes({2}));
    const Json options{{"steps", 3},
                       {"batchSize", 6},
                       {"microBatchSize", piece},
                       {"shuffle", false},
                       {"optimizer", {{"type", "sgd"}, {"lr", 0.1}}}};
    Trainer trainer(model, data, nullptr, options, pool);
    EXPECT_EQ(trainer.advance({})["state"], "finished");
    ends.push_back(read_all(model));
  }
  for (std::size_t i = 0; i < ends[0].size(); ++i) EXPECT_NEAR(ends[0][i], ends[1][i], 1e-6) << i;
}

TEST(Accumulation, BatchNormSeesAPieceAtATime) {
  ThreadPool pool(1);
  Model model(parse_json(R"({"layers":["batchNorm1d",{"type":"linear","out":2}]})", "model"), takes({2}));
  const std::vector<float> x{1, 0, 3, 0, 5, 0, 9, 0};
  const Json options{{"steps", 1}, {"batchSize", 4}, {"microBatchSize", 2}, {"shuffle", false}};
  Trainer trainer(model, labelled(x, {0, 1, 0, 1}), nullptr, options, pool);
  trainer.advance({});
  EXPECT_EQ(read(model, "0.num_batches_tracked"), std::vector<float>{2});
  // Means 2 and 7, a tenth of each.
  EXPECT_NEAR(read(model, "0.running_mean")[0], 0.9 * 0.2 + 0.7, 1e-6);
  EXPECT_NEAR(read(model, "0.running_var")[0], 0.9 * (0.9 + 0.1 * 2) + 0.1 * 8, 1e-6);
}

class AccumulatedRun : public testing::Test {
 protected:
  Json options{{"epochs", 3},   {"batchSize", 20},      {"optimizer", {{"type", "sgd"}, {"lr", 0.1}}},
               {"valEvery", 5}, {"trackUpdates", true}, {"metrics", {"accuracy", "confusionMatrix"}}};
  Trainer start(Model& model, const Json& more = Json::object()) {
    Json all = options;
    all.update(more);
    return {model, data, nullptr, all, pool};
  }
  void expect_alike(const Model& a, const Model& b) {
    const std::vector<float> left = read_all(a);
    const std::vector<float> right = read_all(b);
    for (std::size_t i = 0; i < left.size(); ++i) EXPECT_NEAR(left[i], right[i], 2e-6) << i;
  }

  ThreadPool pool{1};
  std::shared_ptr<const Dataset> data = xor_points(90);  // the last batch has 10 rows
  Model model{two_layers(), takes({2})};
  Model other{two_layers(), takes({2})};
};

TEST_F(AccumulatedRun, CountsEveryRowInMetricsAndUpdates) {
  Trainer pieces = start(model, {{"microBatchSize", 6}});
  Trainer whole = start(other);
  const Json a = pieces.advance({.steps = 5});
  const Json b = whole.advance({.steps = 5});
  const Json ours = events_of(a, "epoch").at(0);
  const Json theirs = events_of(b, "epoch").at(0);
  EXPECT_EQ(ours["metrics"], theirs["metrics"]);
  EXPECT_EQ(events_of(a, "progress").at(0)["examples"], 90);
  EXPECT_NEAR(events_of(a, "progress")[0]["gradNorm"].get<double>(),
              events_of(b, "progress")[0]["gradNorm"].get<double>(), 1e-6);
  const ParamId id = model.find("0.weight");
  std::vector<float> update(16);
  std::vector<float> expected(16);
  pieces.read_update(id, update);
  whole.read_update(id, expected);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_NEAR(update[i], expected[i], 1e-6);
}

TEST_F(AccumulatedRun, APreviewIsTheNextStepAndChangesNothing) {
  Trainer pieces = start(model, {{"microBatchSize", 6}});
  Trainer alone = start(other, {{"microBatchSize", 6}});
  pieces.advance({.steps = 2});
  alone.advance({.steps = 2});
  const std::array ids{model.find("0.weight")};
  const Trainer::Preview preview = pieces.preview(ids).front();
  EXPECT_EQ(read_all(model), read_all(other));
  EXPECT_EQ(read(model, "0.weight", Content::gradient), read(other, "0.weight", Content::gradient));
  const Json next = pieces.advance({.steps = 1});
  EXPECT_EQ(next["events"].back()["metrics"], alone.advance({.steps = 1})["events"].back()["metrics"]);
  EXPECT_EQ(read_all(model), read_all(other));
  EXPECT_EQ(read(model, "0.weight", Content::gradient), preview.gradient);
  std::vector<float> update(16);
  pieces.read_update(ids[0], update);
  EXPECT_EQ(update, preview.update);
}

TEST_F(AccumulatedRun, SizesChangeOnTheWay) {
  Trainer pieces = start(model, {{"microBatchSize", 6}});
  Trainer whole = start(other);
  const auto both = [&](const Json& changes, const Json& ours) {
    Json mine = changes;
    mine.update(ours);
    pieces.set(mine);
    if (!changes.empty()) whole.set(changes);
    pieces.advance({.steps = 2});
    whole.advance({.steps = 2});
    expect_alike(model, other);
  };
  const auto capacity = [&] { return pieces.compiled().executor->plan().capacity; };
  both(Json::object(), Json::object());
  EXPECT_EQ(capacity(), 6);
  both(Json::object(), {{"microBatchSize", 1}});
  both({{"batchSize", 30}}, Json::object());
  both({{"batchSize", 4}}, {{"microBatchSize", 5}});
  EXPECT_EQ(capacity(), 4);
  both({{"batchSize", 10}}, Json::object());
  EXPECT_EQ(capacity(), 5);
  both(Json::object(), {{"microBatchSize", nullptr}});
  EXPECT_EQ(capacity(), 10);
  both({{"batchSize", 5}}, {{"microBatchSize", 5}});
  both({{"batchSize", 10}}, Json::object());
  EXPECT_EQ(capacity(), 5) << "pieces as large as the batch was";
}

TEST_F(AccumulatedRun, SaysWhatItTakes) {
  Trainer trainer(model, data, data, {{"steps", 1}, {"batchSize", 80}}, pool);
  const Json whole = trainer.status()["bytes"];
  const std::size_t block = model.places().parameter_bytes;
  EXPECT_EQ(whole["weights"], block);
  EXPECT_EQ(whole["gradients"], block);
  EXPECT_EQ(whole["optimizer"], 2 * block) << "adam";
  EXPECT_EQ(whole["copies"], 3 * block + block) << "of weights and optimizer; of weights before an update";
  EXPECT_GT(whole["validation"], 0);
  trainer.set({{"microBatchSize", 8}});
  Json pieces = trainer.status()["bytes"];
  EXPECT_EQ(pieces["gradients"], 2 * block);
  EXPECT_LT(2 * pieces["activations"].get<double>(), whole["activations"].get<double>());
  trainer.set({{"microBatchSize", 80}});
  EXPECT_EQ(trainer.status()["bytes"], whole);
}

TEST_F(AccumulatedRun, AWrongSizeChangesNothing) {
  Trainer pieces = start(model, {{"microBatchSize", 6}});
  for (const Json& wrong : {Json{{"microBatchSize", 0}}, Json{{"microBatchSize", 2}, {"batchSize", 91}},
                            Json{{"microBatchSize", std::nan("")}}, Json{{"microBatchSize", "2"}}}) {
    EXPECT_TRUE(error_of([&] { pieces.set(wrong); })) << wrong;
  }
  EXPECT_EQ(pieces.compiled().executor->plan().capacity, 6);
  pieces.advance({.steps = 1});
  EXPECT_EQ(pieces.status()["row"], 20);
}

TEST_F(AccumulatedRun, AParameterMayBeFrozenOnTheWay) {
  Trainer pieces = start(model, {{"microBatchSize", 6}, {"clipNorm", 0.1}});
  Trainer whole = start(other, {{"clipNorm", 0.1}});
  for (const bool frozen : {false, true, false}) {
    model.freeze(model.find("0.weight"), frozen);
    other.freeze(other.find("0.weight"), frozen);
    const std::vector<float> before = read(model, "0.weight");
    pieces.advance({.steps = 3});
    whole.advance({.steps = 3});
    EXPECT_EQ(read(model, "0.weight") == before, frozen);
    expect_alike(model, other);
  }
}

TEST_F(AccumulatedRun, ANumberThatIsNoneInAPieceIsNoUpdate) {
  const Json network =
      parse_json(R"({"layers":[{"type":"linear","out":8},"relu",{"type":"linear","out":2}]})", "model");
  std::vector<float> x(24, 0.5F);
  x[16] = 3e38F;  // of the third piece
  data = labelled(x, {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1});
  for (const bool recompute : {false, true}) {
    Model relu(network, takes({2}));
    Trainer pieces =
        start(relu, {{"batchSize", 12}, {"microBatchSize", 4}, {"shuffle", false}, {"recompute", recompute}});
    const std::vector<float> before = read_all(relu);
    relu.write(relu.find("0.weight"), std::span<const float>(std::vector<float>(16, 4.0F)));
    const Json result = pieces.advance({});
    ASSERT_EQ(result["state"], "diverged") << result;
    const Json& event = result["events"].back();
    EXPECT_EQ(event["type"], "diverged");
    EXPECT_EQ(event["step"], 1);
    EXPECT_EQ(event["layer"], "layers[0] linear");
    EXPECT_EQ(pieces.step(), 0);
    EXPECT_EQ(read_all(relu), before) << "as they were when the run began";
  }
}

}  // namespace
}  // namespace trainyard
