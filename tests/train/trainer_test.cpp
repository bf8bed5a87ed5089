#include "train/trainer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "train/fixtures.hpp"

namespace trainyard {
namespace {

TEST(Trainer, LearnsXor) {
  ThreadPool pool(1);
  Model model(parse_json(R"({"trainyard":1,"layers":[{"type":"linear","out":8},{"type":"tanh"},
                             {"type":"linear","out":2}]})",
                         "model"),
              {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  const auto data = xor_points(200);
  Trainer trainer(model, data, data,
                  parse_json(R"({"epochs":60,"batchSize":20,"metrics":["accuracy"],
                  "optimizer":{"type":"adam","lr":0.02}})",
                             "fit"),
                  pool);
  Json last;
  while (trainer.state() == Trainer::State::running) {
    const Json result = trainer.advance({.steps = 100});
    for (const Json& event : result["events"]) {
      if (event["type"] == "validation") last = event;
    }
  }
  EXPECT_EQ(trainer.step(), 600);
  EXPECT_EQ(last["epoch"], 60);
  EXPECT_GT(last["val"]["accuracy"].get<double>(), 0.97) << last.dump();
  EXPECT_LT(last["val"]["loss"].get<double>(), 0.2) << last.dump();
}

TEST(Trainer, DivergenceReturnsToGoodWeightsAndNamesTheLayer) {
  ThreadPool pool(1);
  Model model(
      parse_json(R"({"layers":[{"type":"linear","out":8},{"type":"relu"},{"type":"linear","out":2}]})", "model"),
      {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  const auto data = xor_points(100);
  Trainer trainer(model, data, nullptr,
                  parse_json(R"({"steps":1000,"loss":{"type":"mse"},"target":"dense",
                  "optimizer":{"type":"sgd","lr":1e30}})",
                             "fit"),
                  pool);
  const Json result = trainer.advance({});
  ASSERT_EQ(result["state"], "diverged") << result.dump();
  const Json& event = result["events"].back();
  EXPECT_EQ(event["type"], "diverged");
  EXPECT_NE(event["layer"].get<std::string>().find("linear"), std::string::npos) << event.dump();
  for (std::size_t i = 0; i < model.parameters().all().size(); ++i) {
    std::vector<float> numbers(static_cast<std::size_t>(model.parameters().all()[i].shape.size()));
    model.read({static_cast<std::int32_t>(i)}, std::span<float>(numbers));
    for (const float x : numbers) EXPECT_TRUE(std::isfinite(x));
  }
}

}  // namespace
}  // namespace trainyard
