// A network over positions says what the whole network says, at the cost of one position.
#include "generate/stepper.hpp"

#include <gtest/gtest.h>

#include "generate/writers.hpp"
#include "ops/all.hpp"
#include "support/errors.hpp"
#include "support/numbers.hpp"

namespace trainyard {
namespace {

struct Writer {
  const char* name;
  Json description;
  bool bounded;
};

std::vector<Writer> writers() {
  const std::string embedding = R"({"type":"embedding","vocab":11,"dim":8},)";
  const std::string head = R"(,{"type":"linear","out":11})";
  return {
      {"GPT-2", gpt(), true},
      {"GPT of a longer context", layers_of(R"({"type":"gpt","vocab":11,"context":20,"layers":1,"heads":2,"dim":8})"),
       true},
      {"GPT of sines", gpt(R"(,"position":"sinusoidal","bias":false)"), true},
      {"Llama", llama(), true},
      {"LSTM", lstm_text(), false},
      {"GRU", layers_of(embedding + R"({"type":"gru","hidden":9,"layers":2})" + head), false},
      {"RNN", layers_of(embedding + R"({"type":"rnn","hidden":9,"nonlinearity":"relu","bias":false})" + head), false},
      {"of elementwise layers",
       layers_of(embedding + R"({"type":"layerNorm"},{"type":"reshape","shape":[12,2,4]},"gelu",
                                {"type":"reshape","shape":[12,8]},{"type":"dropout"},"softmax")" +
                 head),
       false},
  };
}

constexpr std::int64_t length = 12;

void expect_near(std::span<const float> got, const std::vector<float>& all, std::int64_t position,
                 const std::string& what) {
  const auto wanted = std::span(all).subspan(static_cast<std::size_t>(position * vocabulary), vocabulary);
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], wanted[i], 1e-5 * (1 + std::abs(wanted[i]))) << what << " at " << position << ", token " << i;
  }
}

TEST(Stepper, SaysWhatTheWholeNetworkSays) {
  ThreadPool pool(2);
  for (const Writer& w : writers()) {
    Model model(w.description, reads(length));
    enliven(model);
    const std::vector<std::int32_t> ids = text_of(length);
    const std::vector<float> wanted = whole(model, ids, pool);
    Stepper stepper(model, pool);
    EXPECT_EQ(stepper.context(), length);
    EXPECT_EQ(stepper.bounded(), w.bounded) << w.name;
    EXPECT_EQ(stepper.vocabulary(), vocabulary);
    // Token by token; then again, all at once; then in pieces.
    for (const std::vector<std::int64_t>& pieces :
         std::vector<std::vector<std::int64_t>>{std::vector<std::int64_t>(length, 1), {length}, {5, 1, 4, 2}}) {
      stepper.reset();
      for (const std::int64_t n : pieces) {
        const auto from = static_cast<std::size_t>(stepper.position());
        const auto scores = stepper.run(std::span(ids).subspan(from, static_cast<std::size_t>(n)));
        expect_near(scores, wanted, stepper.position() - 1, w.name);
      }
    }
  }
}

TEST(Stepper, TakesALongPromptInPieces) {
  ThreadPool pool(1);
  Model model(layers_of(R"({"type":"gpt","vocab":11,"context":70,"layers":1,"heads":2,"dim":8})"), reads(70));
  enliven(model);
  const std::vector<std::int32_t> ids = text_of(70);
  Stepper stepper(model, pool);
  ASSERT_LT(stepper.plan().capacity, 70) << "the case is about several pieces";
  expect_near(stepper.run(ids), whole(model, ids, pool), 69, "70 positions");
}

TEST(Stepper, TakesTheLastStateAsTheOneAtHand) {
  ThreadPool pool(1);
  for (const char* type : {"lstm", "gru", "rnn"}) {
    const Json description = layers_of(R"({"type":"embedding","vocab":11,"dim":4},{"type":")" + std::string(type) +
                                       R"(","hidden":6,"output":"last"},{"type":"linear","out":11})");
    Model model(description, reads(length));
    enliven(model);
    const std::vector<std::int32_t> ids = text_of(length);
    Stepper stepper(model, pool);
    for (std::int64_t n = 1; n <= length; ++n) {
      const auto scores = stepper.run(std::span(ids).subspan(static_cast<std::size_t>(n - 1), 1));
      // The same weights over a sequence that ends here.
      Model shorter(description, reads(n));
      enliven(shorter);
      expect_near(scores, whole(shorter, {ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(n)}, pool), 0, type);
    }
  }
}

TEST(Stepper, ATokenCostsOnePosition) {
  ThreadPool pool(1);
  for (const Writer& w : writers()) {
    const Model model(w.description, reads(length));
    CompileOptions options;
    const Compiled all = compile(model, options, pool);
    for (const ValueId v : all.inputs) fill(all, v, std::vector<double>(length, 1.0));
    all.executor->run(1, {});
    const double position = all.executor->flops() / static_cast<double>(length);
    Stepper stepper(model, pool);
    for (const std::int32_t& id : text_of(length)) {
      stepper.run(std::span(&id, 1));
      EXPECT_LT(stepper.flops(), 1.25 * position) << w.name << ", position " << stepper.position();
    }
  }
}

TEST(Stepper, ReadsTheWeightsAsTheyAre) {
  ThreadPool pool(1);
  Model model(gpt(), reads(length));
  Stepper stepper(model, pool);
  enliven(model);
  const std::vector<std::int32_t> ids = text_of(length);
  expect_near(stepper.run(ids), whole(model, ids, pool), length - 1, "after the change");
}

#if !defined(__EMSCRIPTEN__)  // native builds only
TEST(Stepper, WorksInDoublePrecision) {
  ThreadPool pool(1);
  ModelOptions options = reads(length);
  options.precision = Precision::f64;
  Model model(llama(), options);
  enliven(model);
  Model single(llama(), reads(length));
  enliven(single);
  const std::vector<std::int32_t> ids = text_of(length);
  expect_near(Stepper(model, pool).run(ids), whole(single, ids, pool), length - 1, "f64");
}
#endif

TEST(Stepper, RefusesNetworksThatLookAhead) {
  ThreadPool pool(1);
  const std::string embedding = R"({"type":"embedding","vocab":11,"dim":8},)";
  const std::string head = R"(,{"type":"linear","out":11})";
  for (const auto& [layer, op] :
       std::vector<std::pair<std::string, std::string>>{{R"({"type":"multiHeadAttention","heads":2})", "attention"},
                                                        {R"({"type":"gru","hidden":4,"bidirectional":true})", "gru"},
                                                        {R"({"type":"layerNorm","axes":2})", "layer_norm"},
                                                        {R"({"type":"reshape","shape":[8,12]})", "reshape"}}) {
    const Model model(
        layers_of(embedding + layer + (op == "reshape" ? R"(,{"type":"reshape","shape":[12,8]})" : "") + head),
        reads(length));
    const auto error = error_of([&] { const Stepper stepper(model, pool); });
    ASSERT_TRUE(error) << layer;
    EXPECT_EQ(error->code, ErrorCode::not_supported) << layer;
    EXPECT_EQ(error->got, op) << layer;
    EXPECT_TRUE(error->path.starts_with("layers[1]")) << error->path;
    EXPECT_TRUE(error->hint.key == "looks_ahead");
  }
}

TEST(Stepper, RefusesWhatIsNoWriter) {
  ThreadPool pool(1);
  const auto refused = [&](const Json& description, const ModelOptions& options) {
    const Model model(description, options);
    auto error = error_of([&] { const Stepper stepper(model, pool); });
    EXPECT_TRUE(error);
    return error ? error->path + " " + std::string(name(error->code)) : "";
  };
  EXPECT_EQ(refused(two_layers(), takes({2})), "input TYPE_MISMATCH");
  EXPECT_EQ(refused(two_layers(), takes({3, 2})), "input SHAPE_MISMATCH");
  EXPECT_EQ(refused(layers_of(R"({"type":"embedding","vocab":11,"dim":12})"), reads(length)), "output SHAPE_MISMATCH")
      << "more tokens than it reads";
  EXPECT_EQ(refused(parse_json(R"({"nodes":[{"name":"e","type":"embedding","vocab":5,"dim":5,"inputs":["x"]},
                                            {"name":"f","type":"tanh","inputs":["e"]}],"outputs":["e","f"]})",
                               "model"),
                    reads(length)),
            "output SHAPE_MISMATCH");
}

/// Every op that exists for steps alone is reached by some network here.
TEST(Stepper, EveryStepOpIsReached) {
  ThreadPool pool(1);
  std::vector<const Op*> seen;
  for (const Writer& w : writers()) {
    const Model model(w.description, reads(length));
    const Stepper stepper(model, pool);
    for (const PlanStep& s : stepper.plan().steps) seen.push_back(s.op);
  }
  for (const Op* op : ops::stepping()) {
    EXPECT_NE(std::ranges::find(seen, op), seen.end()) << op->name;
    EXPECT_TRUE(op->onnx.empty()) << op->name << ": never exported";
  }
}

}  // namespace
}  // namespace trainyard
