// Runs that cannot be: each is refused when it is made, with its code and place, and the model trains afterwards.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "data/build.hpp"
#include "support/errors.hpp"
#include "train/models.hpp"

namespace trainyard {
namespace {

class Refusals : public testing::Test {
 protected:
  void expect(const std::shared_ptr<const Dataset>& data, const Json& options, ErrorCode code, const std::string& path,
              const std::string& expected, const std::string& got, const std::string& hint = "") {
    const auto error = error_of([&] { const Trainer trainer(model_, data, nullptr, options, pool_); });
    ASSERT_TRUE(error) << options;
    EXPECT_EQ(name(error->code), name(code)) << error->what();
    EXPECT_EQ(error->path, path) << options;
    EXPECT_EQ(error->expected, expected) << options;
    EXPECT_EQ(error->got, got) << options;
    EXPECT_EQ(error->hint.argument, hint) << options;
    EXPECT_EQ(read_all(model_), before_);
  }
  void TearDown() override {
    Trainer trainer(model_, xor_points(40), nullptr, {{"steps", 2}}, pool_);
    EXPECT_EQ(trainer.advance({})["state"], "finished") << "usable afterwards";
    EXPECT_NE(read_all(model_), before_);
  }

  ThreadPool pool_{1};
  Model model_{two_layers(), takes({2})};
  std::vector<float> before_ = read_all(model_);
};

/// Two rows of points with labels of any type.
template <class T>
std::shared_ptr<const Dataset> labelled(const std::vector<T>& labels, DType dtype, const Affine& map = {}) {
  DatasetParts parts;
  parts.rows = static_cast<Row>(labels.size());
  parts.inputs.push_back(column("x", {2}, DType::f32, std::vector<float>(2 * labels.size(), 0.5F)));
  parts.targets.push_back(column("y", {}, dtype, labels));
  parts.targets.back().map = map;
  return std::make_shared<const Dataset>(std::move(parts));
}

TEST_F(Refusals, IdsAndLengths) {
  const Json nodes{{{"name", "words"}, {"type", "embedding"}, {"vocab", 4}, {"dim", 2}, {"inputs", {"x"}}},
                   {{"name", "block"}, {"type", "multiHeadAttention"}, {"heads", 1}, {"inputs", {"words", "lengths"}}},
                   {{"name", "flat"}, {"type", "flatten"}},
                   {{"name", "head"}, {"type", "linear"}, {"out", 2}}};
  Model reader({{"nodes", nodes}}, {.inputs = {{.name = "x", .shape = {3}}, {.name = "lengths", .shape = {}}}});
  const std::vector<float> before = read_all(reader);
  const auto refused = [&](const std::vector<float>& ids, const std::vector<std::int32_t>& lengths) {
    DatasetParts parts;
    parts.rows = 2;
    parts.inputs.push_back(column("x", {3}, DType::f32, ids));
    parts.inputs.push_back(column("lengths", {}, DType::i32, lengths));
    parts.targets.push_back(column<std::int32_t>("y", {}, DType::i32, {0, 1}));
    const auto data = std::make_shared<const Dataset>(std::move(parts));
    const auto error = error_of([&] {
      Trainer trainer(reader, data, nullptr, {{"steps", 1}, {"batchSize", 2}}, pool_);
      trainer.advance({});
    });
    EXPECT_EQ(error.has_value(), read_all(reader) == before);
    return error ? std::string(error->what()) : "";
  };
  const auto invalid = [](const std::string& path, const std::string& range, const std::string& got) {
    return "INVALID_LABEL at " + path + ": expected " + range + ", got " + got;
  };
  EXPECT_EQ(refused({0, 1, 2, 3, 4, 0}, {1, 3}), invalid("x[1, 1]", "[0, 3]", "4"));
  EXPECT_EQ(refused({0, 1, -1, 3, 3, 0}, {1, 3}), invalid("x[0, 2]", "[0, 3]", "-1"));
  EXPECT_EQ(refused({0, 1, 0.5F, 3, 3, 0}, {1, 3}), invalid("x[0, 2]", "[0, 3]", "0.5"));
  EXPECT_EQ(refused({0, 1, 2, 3, 3, 0}, {0, 3}), invalid("lengths[0]", "[1, 3]", "0") + " (sequence_length: 3)");
  EXPECT_EQ(refused({0, 1, 2, 3, 3, 0}, {1, 4}), invalid("lengths[1]", "[1, 3]", "4") + " (sequence_length: 3)");
  EXPECT_EQ(refused({0, 1, 2, 3, 3, 0}, {1, 3}), "");
}

TEST_F(Refusals, Labels) {
  const Json two{{"batchSize", 2}};
  const auto label = ErrorCode::invalid_label;
  expect(labelled<std::int32_t>({0, 2}, DType::i32), two, label, "y[1]", "[0, 2)", "2");
  expect(labelled<std::int32_t>({-1, 1}, DType::i32), two, label, "y[0]", "[0, 2)", "-1");
  expect(labelled<std::int32_t>({0, 2147483647}, DType::i32), two, label, "y[1]", "[0, 2)", "2147483647");
  expect(labelled<std::int32_t>({0, std::numeric_limits<std::int32_t>::min()}, DType::i32), two, label, "y[1]",
         "[0, 2)", "-2147483648");
  expect(labelled<std::uint8_t>({0, 255}, DType::u8), two, label, "y[1]", "[0, 2)", "255");
  expect(labelled<float>({0, 0.5F}, DType::f32), two, label, "y[1]", "[0, 2)", "0.5");
  expect(labelled<float>({0, 1e30F}, DType::f32), two, label, "y[1]", "[0, 2)", "1.00000002e+30");
  // Labels that are scaled on their way are looked at as they arrive.
  expect(labelled<std::uint8_t>({0, 1}, DType::u8, {{10}, {0}}), two, label, "y[1]", "[0, 2)", "10");
  expect(labelled<std::uint8_t>({0, 1}, DType::u8, {{1.0 / 255}, {0}}), two, label, "y[1]", "[0, 2)", "0.00392156886");
  expect(labelled<std::int32_t>({-100, -100}, DType::i32), two, label, "y", "[0, 2)", "-100");
  const auto nan = error_of([] { labelled<float>({0, std::nanf("")}, DType::f32); });
  ASSERT_TRUE(nan);
  EXPECT_EQ(nan->code, ErrorCode::invalid_data);
  EXPECT_EQ(nan->path, "y[1]");
  EXPECT_EQ(nan->got, "NaN");
}

TEST_F(Refusals, BatchesAndLengths) {
  const auto data = xor_points(40);
  const auto value = ErrorCode::invalid_value;
  expect(data, {{"batchSize", 41}}, ErrorCode::batch_too_large, "batchSize", "<= 40", "41");
  expect(data, {{"batchSize", 0}}, value, "fit.batchSize", ">= 1", "0");
  expect(data, {{"batchSize", -5}}, value, "fit.batchSize", ">= 1", "-5");
  expect(data, {{"batchSize", 2.5}}, ErrorCode::type_mismatch, "fit.batchSize", "integer", "2.5");
  expect(data, {{"batchSize", "32"}}, ErrorCode::type_mismatch, "fit.batchSize", "integer", "32");
  expect(data, {{"batchSize", 18446744073709551615U}}, ErrorCode::type_mismatch, "fit.batchSize", "integer",
         "18446744073709551615");
  expect(data, {{"epochs", 0}}, value, "fit.epochs", ">= 1", "0");
  expect(data, {{"epochs", INFINITY}}, ErrorCode::type_mismatch, "fit.epochs", "integer", "null");
  expect(data, {{"epochs", 9223372036854775808U}}, ErrorCode::type_mismatch, "fit.epochs", "integer",
         "9223372036854775808");
  expect(data, {{"steps", -1}}, value, "fit.steps", ">= 1", "-1");
  expect(data, {{"seed", -1}}, value, "fit.seed", ">= 0", "-1");
  expect(data, {{"clipNorm", -1}}, value, "fit.clipNorm", ">= 0", "-1");
  expect(data, {{"l2", "a"}}, ErrorCode::type_mismatch, "fit.l2", "number", "a");
  expect(data, {{"microBatchSize", 0}}, value, "fit.microBatchSize", ">= 1", "0");
  expect(data, {{"microBatchSize", std::nan("")}}, ErrorCode::type_mismatch, "fit.microBatchSize", "integer", "null");
  expect(data, {{"microBatchSize", "8"}}, ErrorCode::type_mismatch, "fit.microBatchSize", "integer", "8");
  expect(data, {{"recompute", 1}}, ErrorCode::type_mismatch, "fit.recompute", "boolean", "1");
  expect(data, {{"shuffle", 1}}, ErrorCode::type_mismatch, "fit.shuffle", "boolean", "1");
}

TEST_F(Refusals, NamesAndNumbersOfTheirParts) {
  const auto data = xor_points(40);
  const auto value = ErrorCode::invalid_value;
  const std::string optimizers = "sgd, adam, adamw, rmsprop";
  expect(data, {{"optimizer", "adm"}}, ErrorCode::unknown_layer, "fit.optimizer", optimizers, "adm", "adam");
  expect(data, {{"optimizer", {{"type", "sgd"}, {"lr", -1}}}}, value, "fit.optimizer.lr", ">= 0", "-1");
  expect(data, {{"optimizer", {{"type", "sgd"}, {"lr", std::nan("")}}}}, value, "fit.optimizer.lr", ">= 0", "NaN");
  expect(data, {{"optimizer", {{"type", "sgd"}, {"lr", INFINITY}}}}, value, "fit.optimizer.lr", ">= 0", "Infinity");
  expect(data, {{"optimizer", {{"type", "sgd"}, {"lr", "0.1"}}}}, ErrorCode::type_mismatch, "fit.optimizer.lr",
         "number", "0.1");
  expect(data, {{"loss", "mse"}}, ErrorCode::shape_mismatch, "target", "[*, 2]", "[*]");
  expect(data, {{"target", "Y"}}, ErrorCode::missing_option, "data.targets", "y, dense", "Y", "y");
  expect(data, {{"metrics", "accuracy"}}, ErrorCode::type_mismatch, "fit.metrics", "[…]", "accuracy");
  expect(data, {{"earlyStopping", true}}, ErrorCode::type_mismatch, "fit.earlyStopping", "object", "true");
  expect(data, 7, ErrorCode::type_mismatch, "fit", "object", "7");
}

TEST_F(Refusals, UnknownOptionsWithTheNearestName) {
  for (const auto& [wrong, near] : {std::pair{"batchsize", "batchSize"},
                                    {"epoch", "epochs"},
                                    {"optimiser", "optimizer"},
                                    {"clip_norm", "clipNorm"}}) {
    const auto error = error_of([&] { const Trainer trainer(model_, xor_points(40), nullptr, {{wrong, 1}}, pool_); });
    ASSERT_TRUE(error) << wrong;
    EXPECT_EQ(error->code, ErrorCode::unknown_option);
    EXPECT_EQ(error->path, std::string("fit.") + wrong);
    EXPECT_EQ(error->hint.argument, near);
  }
}

TEST_F(Refusals, DataOfAnotherShape) {
  DatasetParts parts;
  parts.rows = 2;
  parts.inputs.push_back(column<float>("x", {3}, DType::f32, {1, 2, 3, 4, 5, 6}));
  parts.targets.push_back(column<std::int32_t>("y", {}, DType::i32, {0, 1}));
  expect(std::make_shared<const Dataset>(std::move(parts)), {{"batchSize", 2}}, ErrorCode::shape_mismatch, "x",
         "[*, 2]", "[*, 3]");
}

TEST_F(Refusals, DataThatAreNone) {
  std::vector<Bytes> none;
  const auto error = [&](const std::string& text) {
    return error_of([&] { static_cast<void>(build_dataset(parse_json(text, "data"), none)); });
  };
  struct Bad {
    std::string data;
    ErrorCode code;
    std::string path;
  };
  const std::vector<Bad> cases{
      {R"({"kind":"arrays","inputs":{}})", ErrorCode::empty_data, "data"},
      {R"({"kind":"arrays","inputs":{"x":{"shape":[0,2],"buffer":0}}})", ErrorCode::invalid_value, "x.buffer"},
      {R"({"kind":"arrays","inputs":{"x":{"shape":[4294967296,1],"buffer":0}}})", ErrorCode::invalid_value, "x"},
      {R"({"kind":"arrays","inputs":{"x":{"shape":[2,4294967296,4294967296],"buffer":0}}})", ErrorCode::invalid_value,
       "x.shape"},
      {R"({"kind":"arrays","inputs":{"x":{"shape":["2"],"buffer":0}}})", ErrorCode::type_mismatch, "x.shape"},
      {R"({"kind":"arrays","inputs":{"x":{"shape":[-2],"buffer":0}}})", ErrorCode::invalid_value, "x.shape"},
      {R"({"kind":"arrays"})", ErrorCode::missing_option, "data.inputs"},
      {R"({"kind":"array","inputs":{}})", ErrorCode::unknown_layer, "data.kind"},
      {R"({"inputs":{}})", ErrorCode::missing_option, "data.kind"},
      {R"({"kind":"synthetic","name":"spiral","n":0})", ErrorCode::invalid_value, "data.n"},
  };
  for (const Bad& bad : cases) {
    const auto refused = error(bad.data);
    ASSERT_TRUE(refused) << bad.data;
    EXPECT_EQ(name(refused->code), name(bad.code)) << refused->what();
    EXPECT_EQ(refused->path, bad.path) << bad.data;
  }
  std::vector<Bytes> empty;
  empty.push_back(Bytes::copy({}));
  const auto rows = error_of([&] {
    static_cast<void>(
        build_dataset(parse_json(R"({"kind":"arrays","inputs":{"x":{"shape":[0,2],"buffer":0}}})", "data"), empty));
  });
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->code, ErrorCode::empty_data);
  EXPECT_EQ(rows->path, "data");
}

/// A plan too large for any memory is refused before it is allocated, with the number of bytes.
TEST_F(Refusals, PlansThatCannotFitMemory) {
  const Model wide(parse_json(R"({"layers":[{"type":"linear","out":4194304,"bias":false}]})", "model"), takes({1}));
  for (const std::int64_t capacity : {std::int64_t{1} << 31, std::int64_t{1} << 53}) {
    const auto error =
        error_of([&] { static_cast<void>(compile(wide, {.mode = Mode::predict, .capacity = capacity}, pool_)); });
    ASSERT_TRUE(error) << capacity;
    EXPECT_EQ(error->code, ErrorCode::out_of_memory);
    EXPECT_EQ(error->path, "activations");
    EXPECT_TRUE(error->got.ends_with(" B")) << error->got;
  }
}

/// Ids of three steps with lengths.
std::shared_ptr<const Dataset> sequences(const std::vector<float>& lengths) {
  DatasetParts parts;
  parts.rows = static_cast<Row>(lengths.size());
  parts.inputs.push_back(column("x", {3, 2}, DType::f32, std::vector<float>(6 * lengths.size(), 0.5F)));
  parts.inputs.push_back(column("lengths", {}, DType::f32, lengths));
  parts.targets.push_back(column("y", {}, DType::i32, std::vector<std::int32_t>(lengths.size(), 1)));
  return std::make_shared<const Dataset>(std::move(parts));
}

TEST(RefusedSequences, LengthsMustCountStepsThatAreThere) {
  ThreadPool pool(1);
  const Json description = Json::parse(R"({"nodes": [{"type": "gru", "hidden": 2, "output": "last",
                                                      "inputs": ["x", "lengths"]}]})");
  Model model(description, {.inputs = {{.name = "x", .shape = {3, 2}}, {.name = "lengths", .shape = {}}}});
  const auto before = read_all(model);
  const auto run = [&](const std::vector<float>& lengths) {
    Trainer trainer(model, sequences(lengths), nullptr, {{"steps", 2}}, pool);
    return trainer.advance({})["state"];
  };
  for (const auto& [wrong, got] : {std::pair{0.0F, "0"}, {4.0F, "4"}, {1.5F, "1.5"}, {-1.0F, "-1"}}) {
    const auto error = error_of([&] { run({1, 3, wrong}); });
    ASSERT_TRUE(error) << got;
    EXPECT_EQ(name(error->code), "INVALID_LABEL") << error->what();
    EXPECT_EQ(error->path, "lengths[2]");
    EXPECT_EQ(error->expected, "[1, 3]");
    EXPECT_EQ(error->got, got);
    EXPECT_EQ(error->hint.key, "sequence_length");
    EXPECT_EQ(error->hint.argument, "3");
    EXPECT_EQ(read_all(model), before);
  }
  EXPECT_EQ(run({1, 3, 2}), "finished") << "usable afterwards";
}

}  // namespace
}  // namespace trainyard
