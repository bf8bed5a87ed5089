// Several trainers that share each batch: alike to the bit, and what one alone would come to.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/errors.hpp"
#include "train/sharing_trainers.hpp"

namespace trainyard {
namespace {

TEST(Group, StaysAlikeAndComesToWhatOneDoes) {
  for (const Sort& sort : sorts()) {
    for (const bool weighted : {false, true}) {
      const auto data = rows_for(sort, 19, weighted);  // batches of 9, 9 and 1: fewer rows than members
      for (const Precision precision : precisions()) {
        const Trained lone = train_sort(sort, data, {{"batchSize", 9}}, 7, precision);
        for (const std::int64_t count : {2, 3}) {
          for (const int piece : {100, 2}) {
            if (sort.couples_rows && piece < 9) continue;  // its pieces are batches of their own
            SharingTrainers group(sort, data, {{"steps", 7}, {"batchSize", 9}, {"microBatchSize", piece}}, count,
                                  precision);
            for (std::size_t step = 0; step < 7; ++step) {
              group.step();
              const double loss = group.trainers[0]->loss();
              EXPECT_NEAR(loss, lone.losses[step], (precision == Precision::f64 ? 1e-12 : 2e-5) * std::max(1.0, loss))
                  << sort.name << count << piece << weighted << step;
              for (std::size_t member = 1; member < group.trainers.size(); ++member) {
                ASSERT_EQ(group.numbers(member), group.numbers(0)) << sort.name << count << piece << weighted << step;
                ASSERT_EQ(group.trainers[member]->loss(), loss);
              }
            }
            EXPECT_EQ(group.trainers[0]->state(), Trainer::State::finished);
            const std::vector<double> ours = group.numbers(0);
            ASSERT_EQ(ours.size(), lone.numbers.size());
            double largest = 1;
            for (const double x : ours) largest = std::max(largest, std::abs(x));
            for (std::size_t i = 0; i < ours.size(); ++i) {
              ASSERT_NEAR(ours[i], lone.numbers[i], (precision == Precision::f64 ? 1e-12 : 2e-5) * largest)
                  << sort.name << count << piece << weighted << i;
            }
          }
        }
      }
    }
  }
}

TEST(Group, ALoneMemberIsARun) {
  const Sort sort = sorts_of_networks().front();
  const auto data = rows_for(sort, 20);
  const Trained lone = train_sort(sort, data, {{"batchSize", 8}, {"microBatchSize", 3}}, 4);
  SharingTrainers group(sort, data, {{"steps", 4}, {"batchSize", 8}, {"microBatchSize", 3}}, 1);
  for (int i = 0; i < 4; ++i) group.step();
  EXPECT_EQ(group.numbers(0), lone.numbers);
}

class GroupOfTwo : public testing::Test {
 protected:
  Sort sort = sorts_of_networks().front();
  std::shared_ptr<const Dataset> data = rows_for(sort, 20);
};

/// Numbers wherever they stand in two texts of the same form.
void expect_close(const Json& a, const Json& b, const std::string& where) {
  ASSERT_EQ(a.is_structured(), b.is_structured()) << where;
  if (!a.is_structured()) {
    ASSERT_EQ(a.is_null(), b.is_null()) << where;
    if (a.is_null()) return;  // nothing was there to be scored
    EXPECT_NEAR(a.get<double>(), b.get<double>(), 1e-5) << where;
    return;
  }
  ASSERT_EQ(a.size(), b.size()) << where;
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) expect_close(*x, *y, where);
}

TEST(Group, ScoresWhatOneDoes) {
  const Json of_classes{"accuracy", {{"type", "topK"}, {"k", 2}}, "f1", "recall", "confusionMatrix"};
  const Json of_numbers{"mae", "rmse", "r2"};
  ThreadPool pool(1);
  for (const Sort& sort : sorts()) {
    const bool numbers = sort.fit.contains("target");
    for (const bool weighted : {false, true}) {
      const auto data = rows_for(sort, 19, weighted);  // a last batch of one row: a member has none
      Json options{{"epochs", 3}, {"batchSize", 9}, {"metrics", numbers ? of_numbers : of_classes}};
      SharingTrainers group(sort, data, options, 3);
      SharingTrainers lone(sort, data, options, 1);
      for (int epoch = 0; epoch < 3; ++epoch) {
        Json ours, theirs;
        for (int step = 0; step < 3; ++step) {
          ours = group.step();
          theirs = lone.step();
          const Json now = events_of(theirs[0], "progress").at(0)["metrics"];
          ASSERT_EQ(now.size(), numbers ? 3U : 5U);
          expect_close(events_of(ours[0], "progress").at(0)["metrics"], now, sort.name);
          for (const Json& other : ours) {
            EXPECT_EQ(events_of(other, "progress").at(0)["metrics"], events_of(ours[0], "progress").at(0)["metrics"]);
          }
        }
        expect_close(events_of(ours[0], "epoch").at(0)["metrics"], events_of(theirs[0], "epoch").at(0)["metrics"],
                     sort.name);
      }
    }
  }
}

TEST_F(GroupOfTwo, TellsWhatARunTells) {
  SharingTrainers group(sort, data, {{"epochs", 2}, {"batchSize", 8}}, 2);
  EXPECT_EQ(group.trainers[0]->status()["workers"], 2);
  EXPECT_EQ(group.trainers[0]->compiled().executor->plan().capacity, 4);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(events_of(group.step()[0], "epoch").empty());
  const Json third = group.step()[0];
  EXPECT_EQ(events_of(third, "epoch").size(), 1);
  EXPECT_EQ(events_of(third, "progress").at(0)["examples"], 20);
  EXPECT_EQ(third["state"], "running");
  for (int i = 0; i < 2; ++i) group.step();
  EXPECT_EQ(group.step()[0]["state"], "finished");
}

TEST_F(GroupOfTwo, ValidatesAtTheLeaderAlone) {
  ThreadPool pool(1);
  Model model(sort.description(), sort.options());
  Trainer trainer(model, data, data, {{"steps", 9}, {"batchSize", 20}, {"valEvery", 1}}, pool);
  trainer.join(0, 1);
  ASSERT_TRUE(trainer.begin_part());
  trainer.add_part(0);
  EXPECT_EQ(trainer.end_part()["validating"], true);
  EXPECT_EQ(events_of(trainer.advance({.steps = 0}), "validation").size(), 1);
  EXPECT_EQ(trainer.step(), 1);
}

TEST_F(GroupOfTwo, ChangesBetweenStepsReachAll) {
  SharingTrainers group(sort, data, {{"steps", 9}, {"batchSize", 8}}, 2);
  group.step();
  for (const auto& trainer : group.trainers) trainer->set({{"lr", 0.5}, {"batchSize", 13}, {"clipNorm", 0.1}});
  const std::vector<Json> next = group.step();
  EXPECT_EQ(events_of(next[0], "progress").at(0)["lr"], 0.5);
  EXPECT_EQ(group.numbers(0), group.numbers(1));
}

TEST_F(GroupOfTwo, TheLeadersRateCounts) {
  // Its schedule cuts the rate where validations do not improve; others neither validate nor have one.
  ThreadPool pool(1);
  const Json options{{"steps", 12}, {"batchSize", 20}, {"optimizer", {{"type", "sgd"}, {"lr", 0.05}}}};
  Json watched = options;
  watched["valEvery"] = 1;
  watched["schedule"] = {{"type", "reduceOnPlateau"}, {"patience", 1}, {"threshold", 10}, {"thresholdMode", "abs"}};
  Model led(sort.description(), sort.options());
  Model other(sort.description(), sort.options());
  Trainer leader(led, data, data, watched, pool);
  Trainer follower(other, data, nullptr, options, pool);
  leader.join(0, 2);
  follower.join(1, 2);
  for (int step = 0; step < 12; ++step) {
    ASSERT_TRUE(leader.begin_part());
    ASSERT_TRUE(follower.begin_part());
    const std::vector<std::byte> parts[]{{leader.part().begin(), leader.part().end()},
                                         {follower.part().begin(), follower.part().end()}};
    Json progress[2];
    for (const int member : {0, 1}) {
      Trainer& trainer = member == 0 ? leader : follower;
      for (const int from : {0, 1}) {
        std::ranges::copy(parts[from], trainer.incoming().begin());
        trainer.add_part(from);
      }
      progress[member] = events_of(trainer.end_part(), "progress").at(0);
    }
    EXPECT_EQ(progress[0]["lr"], progress[1]["lr"]);
    EXPECT_EQ(read_all(led), read_all(other));
    leader.advance({.steps = 0});
  }
  EXPECT_LT(leader.status()["lr"].get<double>(), 1e-4);
}

TEST_F(GroupOfTwo, APreviewIsTheWholeBatch) {
  SharingTrainers group(sort, data, {{"steps", 9}, {"batchSize", 8}}, 2);
  group.step();
  const std::vector<double> before = group.numbers(0);
  const std::array ids{group.models[0]->find("0.weight")};
  const Trainer::Preview preview = group.trainers[0]->preview(ids).front();
  EXPECT_EQ(group.numbers(0), before);
  group.step();
  const std::vector<float> gradient = read(*group.models[0], "0.weight", Content::gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(preview.gradient[i], gradient[i], 1e-6);
}

TEST_F(GroupOfTwo, IsLeftWhenTheModelWasChanged) {
  SharingTrainers group(sort, data, {{"steps", 9}, {"batchSize", 8}}, 2);
  group.step();
  group.models[0]->write_one(group.models[0]->find("0.weight"), 0, 3);
  const std::array ids{group.models[0]->find("0.weight")};
  (void)group.trainers[0]->preview(ids);
  EXPECT_FALSE(group.trainers[0]->begin_part());
  EXPECT_TRUE(group.trainers[1]->begin_part());
  group.models[1]->freeze(group.models[1]->find("0.weight"), true);
  group.trainers[1]->leave("model changed");
  EXPECT_FALSE(group.trainers[0]->begin_part());
  EXPECT_EQ(group.trainers[1]->status()["alone"], "model changed");
  EXPECT_EQ(group.trainers[1]->status()["workers"], 1);
}

TEST_F(GroupOfTwo, IsLeftWhenAFreezeIsHiddenByANewPlan) {
  for (const Sort& each : sorts()) {
    for (const bool previewed : {false, true}) {
      SharingTrainers group(each, rows_for(each, 20), {{"steps", 9}, {"batchSize", 8}}, 2);
      group.step();
      Model& model = *group.models[0];
      Trainer& leader = *group.trainers[0];
      const auto& all = model.parameters().all();
      const auto trained = std::ranges::find_if(all, [](const Parameter& p) { return p.trained(); });
      const ParamId id = model.find(trained->names.front());
      model.freeze(id, true);
      if (previewed) {
        (void)leader.preview(std::array{id});
      } else {
        leader.set({{"batchSize", 6}});
      }
      EXPECT_FALSE(leader.begin_part()) << each.name << previewed;
      leader.leave("");
      EXPECT_EQ(leader.status()["alone"], "model changed");
      EXPECT_EQ(leader.advance({})["state"], "finished") << each.name;
    }
  }
}

TEST_F(GroupOfTwo, APartThatIsDroppedScoresNothing) {
  SharingTrainers group(sort, data, {{"epochs", 1}, {"batchSize", 8}, {"metrics", {"confusionMatrix"}}}, 2);
  group.step();
  Trainer& trainer = *group.trainers[0];
  ASSERT_TRUE(trainer.begin_part());
  trainer.add_part(0);
  trainer.leave("worker lost");
  const Json end = trainer.advance({});
  double rows = 0;
  const Json counts = events_of(end, "epoch").at(0)["metrics"]["confusionMatrix"];
  for (const Json& real : counts) {
    for (const Json& called : real) rows += called.get<double>();
  }
  EXPECT_EQ(rows, 20) << end;
}

TEST_F(GroupOfTwo, WhoeverLeavesGoesOnAlone) {
  SharingTrainers group(sort, data, {{"steps", 6}, {"batchSize", 8}}, 2);
  for (int i = 0; i < 3; ++i) group.step();
  ASSERT_TRUE(group.trainers[0]->begin_part());
  group.trainers[0]->leave("worker lost");
  group.trainers[0]->advance({});
  const Trained lone = train_sort(sort, data, {{"batchSize", 8}}, 6);
  const std::vector<double> ours = group.numbers(0);
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], lone.numbers[i], 2e-5) << i;
  EXPECT_EQ(group.trainers[0]->step(), 6);
}

TEST_F(GroupOfTwo, StopsWhereTheLastWholeStepEnded) {
  SharingTrainers group(sort, data, {{"steps", 6}, {"batchSize", 8}}, 2);
  group.step();
  ASSERT_TRUE(group.trainers[0]->begin_part());
  group.trainers[0]->stop();
  EXPECT_EQ(group.trainers[0]->status()["row"], 8);
  EXPECT_EQ(group.trainers[0]->status()["workers"], 2);
}

TEST_F(GroupOfTwo, DivergesTogetherAndTheLeaderSaysWhere) {
  SharingTrainers group(sort, data, {{"steps", 99}, {"batchSize", 8}, {"clipNorm", 0}}, 2);
  group.step();
  for (const auto& trainer : group.trainers) trainer->set({{"lr", 1e38}});
  std::vector<Json> answers;
  for (int i = 0; i < 5 && group.trainers[0]->state() == Trainer::State::running; ++i) answers = group.step();
  for (const Json& answer : answers) EXPECT_EQ(answer["state"], "diverged");
  const Json ours = events_of(answers[0], "diverged").at(0);
  const Json theirs = events_of(answers[1], "diverged").at(0);
  EXPECT_EQ(ours["step"], theirs["step"]);
  EXPECT_NE(ours["layer"], "");
  EXPECT_EQ(theirs["layer"], "");
  EXPECT_EQ(group.trainers[0]->status()["step"], ours["kept"]);
  EXPECT_TRUE(std::ranges::all_of(read_all(*group.models[0]), [](float x) { return std::isfinite(x); }));
}

TEST_F(GroupOfTwo, TakesPartsInOrderOnly) {
  SharingTrainers group(sort, data, {{"steps", 9}, {"batchSize", 8}}, 2);
  ASSERT_TRUE(group.trainers[0]->begin_part());
  EXPECT_EQ(error_of([&] { group.trainers[0]->add_part(1); }).value().code, ErrorCode::internal);
}

std::pair<std::int64_t, std::string> asked(const Sort& sort, const Json& options, std::int64_t most) {
  ThreadPool pool(1);
  Model model(sort.description(), sort.options());
  Json all{{"batchSize", 8}};
  all.update(sort.fit);
  all.update(options);
  Trainer trainer(model, rows_for(sort, 20), rows_for(sort, 20), all, pool);
  const std::int64_t members = trainer.members(most);
  return {members, trainer.status().value("alone", "")};
}

TEST_F(GroupOfTwo, IsMadeWhereItGains) {
  using Answer = std::pair<std::int64_t, std::string>;
  EXPECT_EQ(asked(sort, {{"workers", 2}}, 1), Answer(2, ""));
  EXPECT_EQ(asked(sort, {{"workers", 1}}, 4), Answer(1, ""));
  EXPECT_EQ(asked(sort, {{"workers", 5}}, 1), Answer(1, "small batch"));
  EXPECT_EQ(asked(sort, Json::object(), 1), Answer(1, ""));
  EXPECT_EQ(asked(sort, Json::object(), 2), Answer(1, "small step"));
  EXPECT_EQ(asked(sort, {{"workers", 2}, {"metrics", {"accuracy"}}}, 1), Answer(2, ""));
  Sort classes = sort;
  classes.layers = R"([{"type":"linear","out":70}])";
  classes.input = {2};
  classes.labels = {};
  classes.fit = {{"loss", "crossEntropy"}};
  EXPECT_EQ(asked(classes, {{"workers", 2}, {"metrics", {"confusionMatrix"}}}, 1), Answer(1, "metrics"))
      << "more to exchange than gradients";
  EXPECT_EQ(asked(sort, {{"workers", 2}, {"schedule", "reduceOnPlateau"}}, 1), Answer(2, ""));
  for (const Sort& each : sorts_of_networks()) {
    if (!each.couples_rows) continue;
    EXPECT_EQ(asked(each, {{"workers", 2}}, 1), Answer(2, ""));
    EXPECT_EQ(asked(each, {{"workers", 2}, {"microBatchSize", 8}}, 1), Answer(2, ""));
    EXPECT_EQ(asked(each, {{"workers", 2}, {"microBatchSize", 4}}, 1), Answer(1, "batch norm"))
        << "its pieces are batches of their own";
  }
  Sort large = sort;
  large.layers = R"([{"type":"linear","out":64},"relu",{"type":"linear","out":3}])";
  large.input = {3000, 5};
  large.labels = {3000};
  large.fit = Json::object();
  EXPECT_EQ(asked(large, Json::object(), 2), Answer(2, ""));
  Sort normed = large;
  normed.input = {3, 32, 32};
  normed.labels = {};
  const auto with_norms = [&](int norms) {
    std::string layers = R"([{"type":"conv2d","out":16,"kernel":3},{"type":"conv2d","out":16,"kernel":3})";
    for (int i = 0; i < norms; ++i) layers += R"(,"batchNorm2d")";
    layers += R"(,"globalAvgPool2d",{"type":"linear","out":3}])";
    normed.layers = layers.c_str();
    return asked(normed, Json::object(), 2);
  };
  EXPECT_EQ(with_norms(0), Answer(2, ""));
  EXPECT_EQ(with_norms(4), Answer(2, ""));
  EXPECT_EQ(with_norms(24), Answer(1, "small step")) << "each norm means two exchanges more";
  EXPECT_EQ(asked(large, {{"batchSize", 6}}, 4), Answer(3, "")) << "two rows for each";
  EXPECT_EQ(asked(large, {{"batchSize", 3}}, 4), Answer(1, "small batch"));
  EXPECT_EQ(asked(large, {{"microBatchSize", 1}}, 2), Answer(2, "")) << "the batch is what counts";
}

}  // namespace
}  // namespace trainyard
