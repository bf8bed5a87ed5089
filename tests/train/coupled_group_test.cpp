// Several trainers that share each batch, of networks whose rows are coupled (batch norm).
#include <gtest/gtest.h>

#include <algorithm>

#include "train/sharing_trainers.hpp"

namespace trainyard {
namespace {

/// A network whose rows are coupled: its steps have more than one exchange.
class CoupledGroup : public testing::Test {
 protected:
  static Sort coupled() {
    const std::vector<Sort> list = sorts();
    return *std::ranges::find(list, true, &Sort::couples_rows);
  }
  void expect_what_one_does(const SharingTrainers& group, int steps) const {
    const Trained lone = train_sort(sort, data, {{"batchSize", 8}}, steps);
    const std::vector<double> ours = group.numbers(0);
    ASSERT_EQ(ours.size(), lone.numbers.size());
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], lone.numbers[i], 2e-5) << i;
  }
  Sort sort = coupled();
  std::shared_ptr<const Dataset> data = rows_for(sort, 20);
};

TEST_F(CoupledGroup, AStepDroppedAtAJointLeavesNothing) {
  for (const int exchanges : {0, 1, 4}) {
    SharingTrainers group(sort, data, {{"steps", 6}, {"batchSize", 8}}, 2);
    for (int i = 0; i < 3; ++i) group.step();
    for (const auto& trainer : group.trainers) ASSERT_TRUE(trainer->begin_part());
    for (int i = 0; i < exchanges; ++i) ASSERT_TRUE(group.exchange()[0].is_null());
    group.trainers[0]->leave("worker lost");
    group.trainers[0]->advance({});
    EXPECT_EQ(group.trainers[0]->step(), 6);
    expect_what_one_does(group, 6);
  }
}

TEST_F(CoupledGroup, APreviewIsTheWholeBatchAndChangesNothing) {
  SharingTrainers group(sort, data, {{"steps", 4}, {"batchSize", 8}}, 2);
  for (int i = 0; i < 3; ++i) group.step();
  const std::vector<double> before = group.numbers(0);
  const std::array ids{group.models[0]->find("0.weight")};
  const Trainer::Preview preview = group.trainers[0]->preview(ids).front();
  EXPECT_EQ(group.numbers(0), before);
  group.step();
  const std::vector<float> gradient = read(*group.models[0], "0.weight", Content::gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(preview.gradient[i], gradient[i], 1e-5);
  expect_what_one_does(group, 4);
}

TEST_F(CoupledGroup, OtherBatchesAndRecomputationComeToTheSame) {
  SharingTrainers group(sort, data, {{"steps", 6}, {"batchSize", 5}, {"recompute", true}}, 2);
  for (const auto& trainer : group.trainers) trainer->set({{"batchSize", 8}});
  for (int i = 0; i < 6; ++i) group.step();
  EXPECT_EQ(group.numbers(0), group.numbers(1));
  expect_what_one_does(group, 6);
}

TEST_F(CoupledGroup, IsLeftForPieces) {
  SharingTrainers group(sort, data, {{"steps", 6}, {"batchSize", 8}}, 2);
  group.step();
  for (const auto& trainer : group.trainers) trainer->set({{"microBatchSize", 4}});
  // What a preview shows is what comes: the gradient of pieces.
  const std::array ids{group.models[0]->find("0.weight")};
  const Trainer::Preview preview = group.trainers[0]->preview(ids).front();
  EXPECT_FALSE(group.trainers[0]->begin_part());
  group.trainers[0]->leave("");
  EXPECT_EQ(group.trainers[0]->status()["alone"], "batch norm");
  group.trainers[0]->advance({.steps = 1});
  const std::vector<float> gradient = read(*group.models[0], "0.weight", Content::gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(preview.gradient[i], gradient[i], 1e-6);
  EXPECT_EQ(group.trainers[0]->advance({})["state"], "finished");
}

TEST_F(CoupledGroup, ScaleOfALargeMeanIsNotLost) {
  // Statistics of parts meet in double, about their common mean.
  sort.layers = R"(["flatten","batchNorm1d",{"type":"linear","out":3}])";
  sort.input = {4};
  std::vector<float> numbers;
  for (int i = 0; i < 80; ++i) numbers.push_back(1000 + static_cast<float>(i % 7) * 0.25F);
  DatasetParts parts;
  parts.rows = 20;
  parts.inputs.push_back(column("x", sort.input, DType::f32, numbers));
  parts.targets.push_back(column("y", {}, DType::i32, std::vector<std::int32_t>(20, 1)));
  data = std::make_shared<const Dataset>(std::move(parts));
  SharingTrainers group(sort, data, {{"steps", 3}, {"batchSize", 8}}, 2);
  for (int i = 0; i < 3; ++i) group.step();
  const std::vector<float> variance = read(*group.models[0], "1.running_var");
  const Trained lone = train_sort(sort, data, {{"batchSize", 8}}, 3);
  expect_what_one_does(group, 3);
  for (const float v : variance) EXPECT_LT(v, 2);
}

}  // namespace
}  // namespace trainyard
