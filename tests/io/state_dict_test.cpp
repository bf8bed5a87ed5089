// State dicts against a model: exactly its tensors, or nothing changes.
#include "io/state_dict.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "io/safetensors.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

Model small_model(std::uint64_t seed = 1) {
  return Model(parse_json(R"({"layers":[{"type":"linear","out":2},"batchNorm1d"]})", "model"),
               {.inputs = {{.name = "x", .shape = {3}}}, .seed = seed});
}

struct Tensor {
  std::string name;
  TensorType type;
  std::vector<std::int64_t> shape;
};

const std::vector<Tensor> all{{"0.weight", TensorType::f32, {2, 3}},
                              {"0.bias", TensorType::f32, {2}},
                              {"1.weight", TensorType::f32, {2}},
                              {"1.bias", TensorType::f32, {2}},
                              {"1.running_mean", TensorType::f32, {2}},
                              {"1.running_var", TensorType::f32, {2}},
                              {"1.num_batches_tracked", TensorType::i64, {}}};

/// A file of these tensors, the n-th number of each being n + 1.
Bytes file_of(const std::vector<Tensor>& tensors) {
  std::vector<TensorInfo> infos;
  for (const Tensor& t : tensors) {
    TensorInfo info;
    info.name = t.name;
    info.type = t.type;
    info.shape = t.shape;
    infos.push_back(std::move(info));
  }
  SafetensorsWriter writer(std::move(infos));
  for (std::size_t i = 0; i < writer.tensors().size(); ++i) {
    const auto count = [](auto numbers) {
      for (std::size_t n = 0; n < numbers.size(); ++n) numbers[n] = static_cast<decltype(numbers[n] + 0)>(n + 1);
    };
    if (writer.tensors()[i].type == TensorType::f32) {
      count(writer.values<float>(i));
    } else {
      count(writer.values<std::int64_t>(i));
    }
  }
  return writer.take();
}

std::vector<float> numbers(const Model& model) {
  std::vector<float> list;
  for (std::size_t i = 0; i < model.parameters().all().size(); ++i) {
    std::vector<float> one(static_cast<std::size_t>(model.parameters().all()[i].shape.size()));
    model.read({static_cast<std::int32_t>(i)}, std::span<float>(one));
    list.insert(list.end(), one.begin(), one.end());
  }
  return list;
}

TEST(StateDict, SetsEveryTensorAndSaysWhich) {
  Model model = small_model();
  const Json result = read_state_dict(model, file_of(all).span());
  EXPECT_EQ(result["loaded"], Json({"0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
                                    "1.num_batches_tracked"}));
  EXPECT_TRUE(result["notFinite"].empty());
  EXPECT_EQ(numbers(model), (std::vector<float>{1, 2, 3, 4, 5, 6, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1}));
}

TEST(StateDict, ExtraMissingAndMisshapenTensorsChangeNothing) {
  struct Bad {
    std::vector<Tensor> tensors;
    ErrorCode code;
    std::string path, expected, got;
    std::string hint = {};
  };
  const auto without = [](std::size_t i) {
    auto list = all;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
    return list;
  };
  const auto with = [](std::size_t i, const Tensor& t) {
    auto list = all;
    list[i] = t;
    return list;
  };
  auto extra = all;
  extra.push_back({"2.wieght", TensorType::f32, {1}});
  const auto mismatch = ErrorCode::parameter_mismatch;
  const std::vector<Bad> cases{
      {{}, mismatch, "0.weight", "[2, 3]", "", "missing_tensor"},
      {without(1), mismatch, "0.bias", "[2]", "", "missing_tensor"},
      {without(6), mismatch, "1.num_batches_tracked", "[]", "", "missing_tensor"},
      {with(0, {"0.weight", TensorType::f32, {3, 2}}), mismatch, "0.weight", "[2, 3]", "[3, 2]"},
      {with(0, {"0.weight", TensorType::f32, {6}}), mismatch, "0.weight", "[2, 3]", "[6]"},
      {with(0, {"0.weight", TensorType::f32, {2, 3, 1}}), mismatch, "0.weight", "[2, 3]", "[2, 3, 1]"},
      {with(1, {"0.bias", TensorType::f32, {0}}), mismatch, "0.bias", "[2]", "[0]"},
      {with(1, {"bias", TensorType::f32, {2}}), mismatch, "0.bias", "[2]", "", "missing_tensor"},
      {with(1, {"__proto__", TensorType::f32, {2}}), mismatch, "0.bias", "[2]", "", "missing_tensor"},
  };
  Model model = small_model();
  const std::vector<float> before = numbers(model);
  for (const Bad& bad : cases) {
    const Bytes file = file_of(bad.tensors);
    const auto error = error_of([&] { read_state_dict(model, file.span()); });
    ASSERT_TRUE(error) << bad.path;
    EXPECT_EQ(name(error->code), name(bad.code));
    EXPECT_EQ(error->path, bad.path);
    EXPECT_EQ(error->expected, bad.expected);
    EXPECT_EQ(error->got, bad.got);
    EXPECT_EQ(error->hint.key, bad.hint);
    EXPECT_EQ(numbers(model), before);
  }
  const Bytes more = file_of(extra);
  const auto error = error_of([&] { read_state_dict(model, more.span()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, mismatch);
  EXPECT_EQ(error->path, "2.wieght");
  EXPECT_EQ(error->got, "2.wieght");
  EXPECT_EQ(numbers(model), before);
  EXPECT_FALSE(error_of([&] { read_state_dict(model, file_of(all).span()); })) << "usable afterwards";
}

TEST(StateDict, OneNameIsEnoughWhereLayersShare) {
  const Json gpt{{{"type", "gpt"}, {"vocab", 3}, {"context", 2}, {"layers", 1}, {"heads", 1}, {"dim", 2}}};
  Model model({{"layers", gpt}}, {.inputs = {{.name = "x", .shape = {2}}}, .seed = 1});
  std::vector<Tensor> tensors;
  std::vector<std::string> shared;
  for (const Parameter& p : model.parameters().all()) {
    if (p.names.size() > 1) shared = p.names;
    for (const std::string& name : p.names) {
      tensors.push_back({name, TensorType::f32, {p.shape.dims().begin(), p.shape.dims().end()}});
    }
  }
  ASSERT_EQ(shared.size(), 2U);
  const auto without = [&](const std::vector<std::string>& names) {
    auto list = tensors;
    std::erase_if(list, [&](const Tensor& t) { return std::ranges::find(names, t.name) != names.end(); });
    return file_of(list);
  };
  for (const std::string& left_out : shared) {
    model.write_one(model.find(shared[0]), 0, -1);
    const Bytes file = without({left_out});
    EXPECT_EQ(read_state_dict(model, file.span())["loaded"].size(), tensors.size() - 1);
    EXPECT_EQ(numbers(model)[0], 1) << left_out;
  }
  const std::vector<float> before = numbers(model);
  const Bytes neither = without(shared);
  const auto error = error_of([&] { read_state_dict(model, neither.span()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->hint.key, "missing_tensor");
  EXPECT_EQ(numbers(model), before);
}

TEST(StateDict, FilesCutAnywhereChangeNothing) {
  Model model = small_model();
  const std::vector<float> before = numbers(model);
  const Bytes file = file_of(all);
  for (std::size_t n = 0; n < file.size(); n += n < 16 ? 1 : 7) {
    const auto error = error_of([&] { read_state_dict(model, file.span().first(n)); });
    ASSERT_TRUE(error) << n;
    EXPECT_EQ(error->code, ErrorCode::bad_file) << n;
  }
  EXPECT_EQ(numbers(model), before);
}

/// The bytes of a file with the numbers of one tensor replaced.
template <class T>
Bytes with_numbers(const std::string& tensor, const std::vector<T>& values) {
  Bytes file = file_of(all);
  const Safetensors parsed(file.span());
  const TensorInfo& info = *parsed.find(tensor);
  std::memcpy(file.data() + info.begin, values.data(), values.size() * sizeof(T));
  return file;
}

TEST(StateDict, NumbersThatAreNotFiniteAreTakenAndNamed) {
  Model model = small_model();
  const float inf = std::numeric_limits<float>::infinity();
  const Json result = read_state_dict(model, with_numbers<float>("0.bias", {std::nanf(""), inf}).span());
  EXPECT_EQ(result["notFinite"], Json::array({"0.bias"}));
  EXPECT_EQ(result["loaded"].size(), 7U);
  std::vector<float> bias(2);
  model.read(model.find("0.bias"), std::span<float>(bias));
  EXPECT_TRUE(std::isnan(bias[0]));
  EXPECT_EQ(bias[1], inf);
}

TEST(StateDict, CountsBeyondTheirTypeAreTheNearestThatFits) {
  Model model = small_model();
  const ParamId id = model.find("1.num_batches_tracked");
  std::vector<float> count(1);
  for (const std::int64_t stored : {std::int64_t{1} << 60, std::numeric_limits<std::int64_t>::min()}) {
    read_state_dict(model, with_numbers<std::int64_t>("1.num_batches_tracked", {stored}).span());
    model.read(id, std::span<float>(count));
    EXPECT_EQ(count[0], stored > 0 ? 2147483647.0F : -2147483648.0F);
  }
  model.write(id, std::vector<float>{std::nanf("")});
  model.read(id, std::span<float>(count));
  EXPECT_EQ(count[0], 0);
}

}  // namespace
}  // namespace trainyard
