// Texts: what comes after a prompt, where it ends, what happens at the end of the context and when weights change.
#include "generate/generator.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "generate/writers.hpp"
#include "support/allocations.hpp"
#include "support/errors.hpp"
#include "train/trainer.hpp"

namespace trainyard {
namespace {

constexpr std::int64_t context = 12;

std::vector<std::int32_t> written(Generator& generator, std::size_t most = 1000) {
  std::vector<std::int32_t> ids;
  while (!generator.done() && ids.size() < most) ids.push_back(generator.next().id);
  return ids;
}

std::vector<std::int32_t> written(const Model& model, const std::vector<std::int32_t>& prompt, const char* options) {
  ThreadPool pool(1);
  Generator generator(model, pool, prompt, parse_json(options, "generate"));
  return written(generator);
}

/// The most probable token after a text that fits the context, from the whole network.
std::int32_t likeliest(const Model& model, std::vector<std::int32_t> text, ThreadPool& pool) {
  const auto last = static_cast<std::ptrdiff_t>(text.size()) - 1;
  text.resize(context);  // a causal network does not see what lies behind
  const std::vector<float> scores = whole(model, text, pool);
  const auto row = scores.begin() + last * vocabulary;
  return static_cast<std::int32_t>(std::max_element(row, row + vocabulary) - row);
}

TEST(Generator, WritesWhatTheWholeNetworkWould) {
  ThreadPool pool(1);
  for (const Json& description : {gpt(), llama()}) {
    Model model(description, reads(context));
    enliven(model);
    for (const std::int64_t prompt : {1, 5, 12, 30}) {
      std::vector<std::int32_t> text = text_of(prompt);
      Generator generator(model, pool, text, parse_json(R"({"temperature":0,"maxTokens":20})", "generate"));
      // Longer than the context: from the last half of one.
      const auto shorten = [&] {
        if (text.size() > context) text.erase(text.begin(), text.end() - context / 2);
      };
      for (int i = 0; i < 20; ++i) {
        shorten();
        const std::int32_t wanted = likeliest(model, text, pool);
        ASSERT_EQ(generator.next().id, wanted) << "prompt of " << prompt << ", token " << i;
        text.push_back(wanted);
      }
      EXPECT_TRUE(generator.done());
    }
  }
}

TEST(Generator, StatesOfRecurrentNetworksGoOn) {
  ThreadPool pool(1);
  Model model(lstm_text(), reads(4));
  Model longer(lstm_text(), reads(40));
  enliven(model);
  enliven(longer);
  const char* options = R"({"temperature":0,"maxTokens":30})";
  const std::vector<std::int32_t> prompt = text_of(9);
  EXPECT_EQ(written(model, prompt, options), written(longer, prompt, options)) << "a sequence of 4 is no limit";
}

TEST(Generator, EndsWhereItIsTold) {
  Model model(gpt(), reads(context));
  enliven(model);
  const std::vector<std::int32_t> prompt{1, 2, 3};
  EXPECT_EQ(written(model, prompt, "{}").size(), 256U);
  EXPECT_EQ(written(model, prompt, R"({"maxTokens":7})").size(), 7U);
  EXPECT_TRUE(written(model, prompt, R"({"maxTokens":0})").empty());
  const auto stopped = written(model, prompt, R"({"stop":[4,7],"seed":3})");
  ASSERT_LT(stopped.size(), 256U);
  EXPECT_TRUE(stopped.back() == 4 || stopped.back() == 7);
  for (std::size_t i = 0; i + 1 < stopped.size(); ++i) EXPECT_TRUE(stopped[i] != 4 && stopped[i] != 7);
}

TEST(Generator, IsAFunctionOfItsSeed) {
  Model model(gpt(), reads(context));
  const char* one = R"({"maxTokens":40,"seed":1})";
  EXPECT_EQ(written(model, {1}, one), written(model, {1}, one));
  EXPECT_NE(written(model, {1}, one), written(model, {1}, R"({"maxTokens":40,"seed":2})"));
}

TEST(Generator, TwoOfOneModelDoNotMeet) {
  ThreadPool pool(1);
  for (const Json& description : {gpt(), lstm_text()}) {
    Model model(description, reads(context));
    enliven(model);
    const Json options = parse_json(R"({"maxTokens":20,"seed":1})", "generate");
    const auto alone = written(model, {1, 2}, R"({"maxTokens":20,"seed":1})");
    Generator a(model, pool, std::vector<std::int32_t>{1, 2}, options);
    Generator b(model, pool, std::vector<std::int32_t>{9}, options);
    std::vector<std::int32_t> ids;
    while (!a.done()) {
      ids.push_back(a.next().id);
      static_cast<void>(b.next());
    }
    EXPECT_EQ(ids, alone);
  }
}

/// A network whose weights change while it writes gives what one with these weights gives for the text so far.
TEST(Generator, ATokenRestsOnNoWeightsOfThePast) {
  ThreadPool pool(1);
  for (const Json& description : {gpt(), lstm_text()}) {
    Model model(description, reads(context));
    enliven(model);
    const Json greedy = parse_json(R"({"temperature":0,"maxTokens":8,"candidates":11})", "generate");
    std::vector<std::int32_t> text{1, 2, 3};
    Generator generator(model, pool, text, greedy);
    for (int i = 0; i < 8; ++i) {
      if (i % 3 == 2) enliven(model);
      Generator fresh(model, pool, text, greedy);
      text.push_back(generator.next().id);
      EXPECT_EQ(fresh.next().id, text.back());
      for (std::size_t c = 0; c < 11; ++c) {
        EXPECT_NEAR(generator.candidates()[c].probability, fresh.candidates()[c].probability, 1e-5);
      }
    }
  }
}

TEST(Generator, NoticesTraining) {
  ThreadPool pool(1);
  Model model(gpt(), reads(context));
  DatasetParts parts;
  parts.rows = 8;
  parts.inputs.push_back(column("x", {context}, DType::i32, text_of(8 * context)));
  parts.targets.push_back(column("y", {context}, DType::i32, text_of(8 * context, 2)));
  const auto data = std::make_shared<const Dataset>(std::move(parts));
  Trainer trainer(model, data, nullptr, parse_json(R"({"optimizer":{"type":"adam","lr":0.05},"steps":100})", "fit"),
                  pool);
  const std::uint64_t before = model.changes();
  trainer.advance({.steps = 3});
  EXPECT_NE(model.changes(), before);
}

TEST(Generator, RefusesBadPromptsAndOptions) {
  const Model model(gpt(), reads(context));
  const auto refused = [&](const std::vector<std::int32_t>& prompt, const char* options) {
    const auto error = error_of([&] { static_cast<void>(written(model, prompt, options)); });
    EXPECT_TRUE(error) << options;
    return error ? error->path + " " + std::string(name(error->code)) : "";
  };
  EXPECT_EQ(refused({}, "{}"), "prompt EMPTY_DATA");
  EXPECT_EQ(refused({1, 2, 3, 11}, "{}"), "prompt[3] INVALID_LABEL");
  EXPECT_EQ(refused({1, -1}, "{}"), "prompt[1] INVALID_LABEL");
  EXPECT_EQ(refused({1}, R"({"stop":[3,11]})"), "generate.stop[1] INVALID_LABEL");
  EXPECT_EQ(refused({1}, R"({"temperature":-0.1})"), "generate.temperature INVALID_VALUE");
  EXPECT_EQ(refused({1}, R"({"topP":0})"), "generate.topP INVALID_VALUE");
  EXPECT_EQ(refused({1}, R"({"topP":1.1})"), "generate.topP INVALID_VALUE");
  EXPECT_EQ(refused({1}, R"({"topK":0})"), "generate.topK INVALID_VALUE");
  EXPECT_EQ(refused({1}, R"({"repetitionPenalty":0})"), "generate.repetitionPenalty INVALID_VALUE");
  EXPECT_EQ(refused({1}, R"({"maxTokens":-1})"), "generate.maxTokens INVALID_VALUE");
  EXPECT_EQ(refused({1}, R"({"temprature":1})"), "generate.temprature UNKNOWN_OPTION");
}

TEST(Generator, TellsOfANetworkThatIsBrokenAndGoesOnWhenItIsMended) {
  ThreadPool pool(1);
  Model model(gpt(), reads(context));
  const std::vector<float> good = read(model, model.parameters().all().back().names.front());
  const ParamId last = model.find(model.parameters().all().back().names.front());
  Generator generator(model, pool, std::vector<std::int32_t>{1}, parse_json(R"({"maxTokens":3})", "generate"));
  static_cast<void>(generator.next());
  model.write(last, std::vector<float>(good.size(), std::numeric_limits<float>::quiet_NaN()));
  for (int i = 0; i < 2; ++i) {
    const auto error = error_of([&] { static_cast<void>(generator.next()); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::diverged);
  }
  model.write(last, good);
  EXPECT_EQ(written(generator).size(), 2U);
}

TEST(Generator, TokensAllocateNothing) {
  for (const int threads : {1, 2}) {
    ThreadPool pool(threads);
    for (const Json& description : {gpt(), llama(), lstm_text()}) {
      Model model(description, reads(context));
      Generator generator(
          model, pool, text_of(5),
          parse_json(R"({"maxTokens":1000,"topP":0.9,"candidates":5,"repetitionPenalty":1.1})", "generate"));
      static_cast<void>(generator.next());
      const std::int64_t before = allocations;
      for (int i = 0; i < 100; ++i) static_cast<void>(generator.next());
      EXPECT_EQ(allocations, before);
    }
  }
}

}  // namespace
}  // namespace trainyard
