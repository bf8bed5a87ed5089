// Optimizers against torch.optim, and what every one of them must keep to.
#include "optimizers/optimizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/options.hpp"
#include "golden/golden.hpp"
#include "support/errors.hpp"

namespace trainyard {
namespace {

const Json& document() {
  static const Json json = golden::read_json(std::string(golden::folder) + "/optimizers.json");
  return json;
}

/// A parameter with its optimizer state.
template <class T>
struct State {
  std::vector<T> parameter;
  std::array<std::vector<T>, max_slots> slots;

  State(const Optimizer& optimizer, const std::vector<double>& start) : parameter(start.begin(), start.end()) {
    for (int i = 0; i < optimizer.slots(); ++i) slots[static_cast<std::size_t>(i)].assign(start.size(), T(0));
  }
  /// Updates elements [begin, end).
  void update(const Optimizer& optimizer, const std::vector<T>& gradient, Update u, std::size_t begin,
              std::size_t end) {
    u.parameter = parameter.data() + begin;
    u.gradient = gradient.data() + begin;
    for (std::size_t i = 0; i < max_slots; ++i) u.slots[i] = slots[i].empty() ? nullptr : slots[i].data() + begin;
    u.count = static_cast<std::int64_t>(end - begin);
    optimizer.update(std::is_same_v<T, float> ? Precision::f32 : Precision::f64, u);
  }
};

Update update_of(const Optimizer& optimizer, std::uint64_t step) {
  Update u;
  u.lr = optimizer.lr();
  u.weight_decay = optimizer.weight_decay(true);
  u.step = step;
  return u;
}

template <class T>
void expect_as_pytorch(const Json& one, std::string_view key, double tolerance) {
  const std::vector<double> start = golden::read_tensor(document().at("start")).values;
  const std::vector<double> gradients = golden::read_tensor(document().at("gradients")).values;
  const std::vector<double> expected = golden::read_tensor(one.at(std::string(key))).values;
  Optimizer optimizer = parse_optimizer(one.at("options"));
  State<T> state(optimizer, start);
  const std::size_t n = start.size();
  for (std::size_t step = 0; step < gradients.size() / n; ++step) {
    if (step == document().at("halvedAt").get<std::size_t>()) optimizer.set({{"lr", optimizer.lr() * 0.5}});
    Update u = update_of(optimizer, step + 1);
    u.l1 = one.at("l1");
    u.l2 = one.at("l2");
    const auto* row = gradients.data() + step * n;
    state.update(optimizer, std::vector<T>(row, row + n), u, 0, n);
    for (std::size_t i = 0; i < n; ++i) {
      const double want = expected[step * n + i];
      EXPECT_NEAR(state.parameter[i], want, tolerance * std::max(1.0, std::abs(want)))
          << one.at("options") << " step " << step << " element " << i;
    }
  }
}

TEST(Optimizer, Float32StepsAsPytorch) {
  for (const Json& one : document().at("cases")) expect_as_pytorch<float>(one, "after32", 1e-6);
}

#if !defined(__EMSCRIPTEN__)
TEST(Optimizer, DoubleStepsAsPytorch) {
  for (const Json& one : document().at("cases")) expect_as_pytorch<double>(one, "after64", 1e-12);
}
#endif

/// Every kind with every state that it can keep.
std::vector<Json> variants() {
  std::vector<Json> list;
  for (const Json& one : document().at("cases")) list.push_back(one.at("options"));
  return list;
}

TEST(Optimizer, GivesTheSameBitsHoweverTheRangeIsCut) {
  constexpr std::size_t n = 37;
  std::vector<double> start(n);
  std::vector<float> gradient(n);
  for (std::size_t i = 0; i < n; ++i) {
    start[i] = std::sin(static_cast<double>(i));
    gradient[i] = static_cast<float>(std::cos(3.0 * static_cast<double>(i)));
  }
  for (const Json& options : variants()) {
    const Optimizer optimizer = parse_optimizer(options);
    State<float> whole(optimizer, start);
    State<float> pieces(optimizer, start);
    for (std::uint64_t step = 1; step <= 3; ++step) {
      Update u = update_of(optimizer, step);
      u.l1 = 0.01;
      whole.update(optimizer, gradient, u, 0, n);
      for (std::size_t begin = 0; begin < n; begin += 5) {
        pieces.update(optimizer, gradient, u, begin, std::min(n, begin + 5));
      }
    }
    EXPECT_EQ(whole.parameter, pieces.parameter) << options;
    EXPECT_EQ(whole.slots, pieces.slots) << options;
  }
}

TEST(Optimizer, ScalesTheGradient) {
  for (const Json& options : variants()) {
    const Optimizer optimizer = parse_optimizer(options);
    State<float> scaled(optimizer, {1, -2, 0.5});
    State<float> plain(optimizer, {1, -2, 0.5});
    Update u = update_of(optimizer, 1);
    plain.update(optimizer, {0.25F, 0.5F, -1}, u, 0, 3);
    u.gradient_scale = 0.25;
    scaled.update(optimizer, {1, 2, -4}, u, 0, 3);
    EXPECT_EQ(scaled.parameter, plain.parameter) << options;
  }
}

TEST(Optimizer, StateOfADeadUnitBecomesZeroAndNeverDenormal) {
  for (const Json& options : variants()) {
    const Optimizer optimizer = parse_optimizer(options);
    State<float> state(optimizer, {0.0});
    state.update(optimizer, {1.0F}, update_of(optimizer, 1), 0, 1);
    for (std::uint64_t step = 2; step < 100000; ++step) {
      state.update(optimizer, {0.0F}, update_of(optimizer, step), 0, 1);
      for (const auto& slot : state.slots) {
        for (const float x : slot) ASSERT_NE(std::fpclassify(x), FP_SUBNORMAL) << options << " step " << step;
      }
    }
  }
}

TEST(Optimizer, DecaysWeightsAloneUnlessToldOtherwise) {
  const Optimizer usual = parse_optimizer({{"type", "adamw"}, {"weightDecay", 0.1}});
  EXPECT_EQ(usual.weight_decay(true), 0.1);
  EXPECT_EQ(usual.weight_decay(false), 0);
  const Optimizer all = parse_optimizer({{"type", "sgd"}, {"weightDecay", 0.1}, {"decayBiasAndNorm", true}});
  EXPECT_EQ(all.weight_decay(false), 0.1);
}

TEST(Optimizer, HasPytorchsDefaults) {
  EXPECT_EQ(parse_optimizer("sgd").lr(), 1e-3);
  EXPECT_EQ(parse_optimizer("adam").json(), parse_json(R"({"type": "adam", "lr": 0.001, "betas": [0.9, 0.999],
    "eps": 1e-8, "weightDecay": 0.0, "amsgrad": false, "decayBiasAndNorm": false})",
                                                       ""));
  EXPECT_EQ(parse_optimizer("adamw").weight_decay(true), 1e-2);
  EXPECT_EQ(parse_optimizer("rmsprop").lr(), 1e-2);
}

TEST(Optimizer, SaysHowMuchItKeeps) {
  EXPECT_EQ(parse_optimizer("sgd").slots(), 0);
  EXPECT_EQ(parse_optimizer({{"type", "sgd"}, {"momentum", 0.9}}).slots(), 1);
  EXPECT_EQ(parse_optimizer("adam").slots(), 2);
  EXPECT_EQ(parse_optimizer("adam").slot_name(1), "exp_avg_sq");
  EXPECT_EQ(parse_optimizer({{"type", "adam"}, {"amsgrad", true}}).slots(), 3);
}

TEST(Optimizer, WritesWhatItReads) {
  for (const Json& options : variants()) {
    const Json written = parse_optimizer(options).json();
    EXPECT_EQ(parse_optimizer(written).json(), written);
    for (const auto& [key, value] : options.items()) EXPECT_EQ(written.at(key), value) << options;
  }
}

TEST(Optimizer, ChangesBetweenTwoSteps) {
  Optimizer optimizer = parse_optimizer("adam");
  optimizer.set({{"lr", 0.5}, {"betas", {0.5, 0.6}}});
  EXPECT_EQ(optimizer.lr(), 0.5);
  EXPECT_EQ(optimizer.json().at("betas"), Json::array({0.5, 0.6}));
  const auto error = error_of([&] { optimizer.set({{"amsgrad", true}, {"lr", 7}}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::invalid_value);
  EXPECT_EQ(error->hint.key, "fixed_while_training");
  EXPECT_EQ(optimizer.lr(), 0.5);
}

struct BadCase {
  Json description;
  ErrorCode code;
  std::string path;
  std::string hint;
};

TEST(Optimizer, RefusesBadDescriptions) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<BadCase> cases = {
      {"adm", ErrorCode::unknown_layer, "optimizer", "adam"},
      {7, ErrorCode::type_mismatch, "optimizer", ""},
      {Json::object(), ErrorCode::missing_option, "optimizer.type", ""},
      {{{"type", 3}}, ErrorCode::type_mismatch, "optimizer.type", ""},
      {{{"type", "adam"}, {"lrr", 1}}, ErrorCode::unknown_option, "optimizer.lrr", "lr"},
      {{{"type", "adam"}, {"lr", "fast"}}, ErrorCode::type_mismatch, "optimizer.lr", ""},
      {{{"type", "adam"}, {"lr", -1}}, ErrorCode::invalid_value, "optimizer.lr", ""},
      {{{"type", "adam"}, {"lr", nan}}, ErrorCode::invalid_value, "optimizer.lr", ""},
      {{{"type", "adam"}, {"betas", {0.9, 1.0}}}, ErrorCode::invalid_value, "optimizer.betas", ""},
      {{{"type", "adam"}, {"betas", {0.9}}}, ErrorCode::type_mismatch, "optimizer.betas", ""},
      {{{"type", "sgd"}, {"nesterov", true}}, ErrorCode::invalid_value, "optimizer.momentum", "nesterov"},
      {{{"type", "sgd"}, {"nesterov", true}, {"momentum", 0.9}, {"dampening", 0.1}},
       ErrorCode::invalid_value,
       "optimizer.dampening",
       "nesterov"},
  };
  for (const BadCase& c : cases) {
    const auto error = error_of([&] { (void)parse_optimizer(c.description); });
    ASSERT_TRUE(error) << c.description;
    EXPECT_EQ(error->code, c.code) << c.description;
    EXPECT_EQ(error->path, c.path) << c.description;
    EXPECT_EQ(error->hint.argument, c.hint) << c.description;
  }
}

TEST(Optimizer, DescribesEveryKindAndOption) {
  const Json list = describe_optimizers();
  ASSERT_EQ(list.size(), 4U);
  for (const Json& kind : list) {
    const Json written = parse_optimizer(kind.at("name")).json();
    if (!describes_options) continue;
    EXPECT_EQ(kind.at("options").size(), written.size() - 1);
    for (const Json& option : kind.at("options")) {
      EXPECT_EQ(option.at("default"), written.at(option.at("name").get<std::string>())) << option;
    }
  }
}

}  // namespace
}  // namespace trainyard
