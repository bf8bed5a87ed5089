// What every op must do, from its one declaration (op_case.hpp).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ops/all.hpp"
#include "ops/case_graph.hpp"

namespace trainyard::testing_ops {
namespace {

#if defined(__EMSCRIPTEN__)
constexpr bool has_double = false;
#else
constexpr bool has_double = true;
#endif

std::string text(const Instance& instance) {
  std::string out = instance.options.dump();
  for (const auto& [name, sizes] : instance.shapes) out += " " + name + Json(sizes).dump();
  return out;
}

/// Largest |a - b| over the largest |b| (or `floor`).
double relative(const std::vector<double>& a, const std::vector<double>& b, double floor) {
  double error = 0, size = floor;
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double e = std::abs(a[i] - b[i]);
    error = std::isnan(e) ? INFINITY : std::max(error, e);
    size = std::max(size, std::abs(b[i]));
  }
  return error / size;
}

/// Sum of squared errors over sum of squares, numbers below 0.1 counting as 0.1: the elementary functions in float keep
/// an absolute error.
double nmse(const std::vector<double>& a, const std::vector<double>& b) {
  double error = 0, size = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double e = a[i] - b[i];
    error += std::isnan(e) ? INFINITY : e * e;
    size += std::max(b[i] * b[i], 0.01);
  }
  return error / size;
}

class Ops : public testing::TestWithParam<std::size_t> {
 protected:
  const OpCase& c() const { return cases()[GetParam()]; }
};
class OpsInGoldenFile : public Ops {};

TEST_P(OpsInGoldenFile, AgreeWithPyTorch) {
  static const std::vector<golden::OpCase> all = golden::read_op_cases();
  int found = 0;
  for (const golden::OpCase& g : all) {
    if (std::ranges::find(c().golden, g.name) == c().golden.end()) continue;
    Instance instance{.shapes = {}, .options = g.options, .golden = &g};
    for (const auto& [name, tensor] : g.inputs) instance.shapes[name] = tensor.shape;
    if (c().accepts && !c().accepts(instance)) continue;
    ++found;
    SCOPED_TRACE(g.name + " " + g.note + " " + text(instance));
    const CaseGraph graph(c(), instance);
    for (const Precision precision : {Precision::f32, Precision::f64}) {
      if (precision == Precision::f64 && !has_double) continue;
      SCOPED_TRACE(precision == Precision::f64 ? "double" : "float");
      const double tolerance = precision == Precision::f64 ? 1e-11 : 2e-5;
      const Results got = run_guarded(graph, {.precision = precision});
      EXPECT_LT(relative(got.at("output"), g.output.values, 1e-3), tolerance);
      for (const auto& [name, want] : g.gradients) {
        ASSERT_TRUE(got.contains("gradient of " + name)) << name;
        EXPECT_LT(relative(got.at("gradient of " + name), want.values, 1e-2), tolerance) << "gradient of " << name;
      }
      for (const auto& [name, want] : g.state) {
        ASSERT_TRUE(got.contains("state " + name)) << name;
        EXPECT_LT(relative(got.at("state " + name), want.values, 1e-3), tolerance) << "state " << name;
      }
    }
  }
  EXPECT_GT(found, 0);
}

#if !defined(__EMSCRIPTEN__)  // these need double
TEST_P(Ops, GradientsAreDifferences) {
  constexpr double h = 0x1p-15;
  for (const Instance& instance : c().instances) {
    SCOPED_TRACE(text(instance));
    const CaseGraph graph(c(), instance);
    const Results gradients = run_guarded(graph, {.precision = Precision::f64});
    const CaseGraph forward(c(), instance, {.gradients = false});
    Runner runner(forward, {.precision = Precision::f64});
    const auto cotangent = std::ranges::find(graph.inputs, "cotangent", &Builder::Input::name);
    ASSERT_NE(cotangent, graph.inputs.end());
    const auto weighed = [&](const std::string& name, const std::vector<double>& numbers) {
      runner.set(name, numbers);
      runner.run();
      return runner.results().at("output");
    };
    for (const Builder::Input& in : forward.inputs) {
      if (!in.differentiated) continue;
      std::vector<double> numbers = in.numbers.values;
      std::vector<double> want(numbers.size());
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const double x = numbers[i];
        numbers[i] = x + h;
        const std::vector<double> above = weighed(in.name, numbers);
        numbers[i] = x - h;
        const std::vector<double> below = weighed(in.name, numbers);
        numbers[i] = x;
        for (std::size_t j = 0; j < above.size(); ++j) {
          want[i] += (above[j] - below[j]) / (2 * h) * cotangent->numbers.values[j];
        }
      }
      EXPECT_LT(relative(gradients.at("gradient of " + in.name), want, 1e-2), 1e-6) << "gradient of " << in.name;
    }
  }
}

TEST_P(Ops, FloatIsCloseToDouble) {
  for (const Instance& instance : c().instances) {
    SCOPED_TRACE(text(instance));
    const CaseGraph graph(c(), instance);
    const Results narrow = run_guarded(graph, {});
    const Results wide = run_guarded(graph, {.precision = Precision::f64});
    for (const CaseGraph::Result& r : graph.results) {
      EXPECT_LE(nmse(narrow.at(r.name), wide.at(r.name)), c().nmse) << r.name;
    }
  }
}
#endif

TEST_P(Ops, KeepToTheirMemoryHoweverCut) {
  for (const Instance& instance : c().instances) {
    SCOPED_TRACE(text(instance));
    for (const std::int64_t rows : {0, 29}) {
      const CaseGraph graph(c(), instance, {.rows = rows});
      for (const Precision p : {Precision::f32, Precision::f64}) {
        if (p == Precision::f64 && !has_double) continue;
        const Results whole = run_guarded(graph, {.precision = p});
        for (std::uint64_t cut = 1; cut <= 3; ++cut) {
          const Results pieces = run_guarded(graph, {.precision = p, .cut = cut});
          EXPECT_EQ(difference(graph, whole, pieces), "") << "cut " << cut;
        }
        const Results in_place = run_guarded(graph, {.precision = p, .cut = 1, .in_place = true});
        EXPECT_EQ(difference(graph, whole, in_place), "") << "in place";
      }
    }
  }
}

TEST_P(Ops, RunFewerRowsThanTheyCould) {
  for (const Instance& instance : c().instances) {
    SCOPED_TRACE(text(instance));
    constexpr std::int64_t capacity = 13;
    const CaseGraph graph(c(), instance, {.rows = capacity});
    const Results all = run_guarded(graph, {});
    for (const std::int64_t rows : {std::int64_t{1}, std::int64_t{5}, capacity - 1}) {
      if (c().couples_rows && rows == 1) continue;
      const Results some = run_guarded(graph, {.rows = rows, .capacity = capacity});
      EXPECT_EQ(difference(graph, some, run_guarded(graph, {.rows = rows})), "") << rows << " rows, other capacity";
      if (!c().couples_rows) {
        EXPECT_EQ(difference(graph, some, all, rows), "") << rows << " of " << capacity << " rows";
      }
    }
  }
}

TEST_P(Ops, GiveTheSameBitsForAnyNumberOfThreads) {
  ThreadPool one(1), two(2), four(4);
  for (const Instance& instance : c().instances) {
    SCOPED_TRACE(text(instance));
    const CaseGraph graph(c(), instance, {.optimized = true, .rows = 61});
    const Results alone = run_planned(graph, {}, one);
    EXPECT_EQ(difference(graph, alone, run_guarded(graph, {})), "") << "executor against call by call";
    EXPECT_EQ(difference(graph, alone, run_planned(graph, {}, one, true)), "") << "no place used twice";
    EXPECT_EQ(difference(graph, alone, run_planned(graph, {}, two)), "") << "two threads";
    EXPECT_EQ(difference(graph, alone, run_planned(graph, {}, four)), "") << "four threads";
  }
}

TEST_P(Ops, FuseWithoutChangingABit) {
  for (const Instance& instance : c().instances) {
    SCOPED_TRACE(text(instance));
    for (const Op* then : {&ops::relu, &ops::gelu}) {
      const GraphOptions plain{.then = then, .activated = true};
      GraphOptions fused = plain;
      fused.optimized = true;
      const CaseGraph a(c(), instance, plain), b(c(), instance, fused);
      EXPECT_EQ(difference(a, run_guarded(a, {}), run_guarded(b, {.cut = 1})), "") << "and then " << then->name;
    }
  }
}

/// As where the others are frozen: what gives several gradients at once is left out.
TEST_P(Ops, DifferentiateEachInputAlone) {
  for (const Instance& instance : c().instances) {
    SCOPED_TRACE(text(instance));
    const CaseGraph all(c(), instance, {.optimized = true, .rows = 29});
    const Results want = run_guarded(all, {});
    for (const Builder::Input& in : all.inputs) {
      if (!in.differentiated) continue;
      const CaseGraph alone(c(), instance, {.optimized = true, .rows = 29, .only = in.name});
      const Results got = run_guarded(alone, {.cut = 1});
      EXPECT_LE(nmse(got.at("gradient of " + in.name), want.at("gradient of " + in.name)), 1e-12) << in.name;
    }
  }
}

TEST_P(Ops, AddUpGradientsOfTwoUses) {
  for (const Instance& instance : c().instances) {
    SCOPED_TRACE(text(instance));
    const CaseGraph plain(c(), instance, {.rows = 29, .twice = true});
    const CaseGraph optimized(c(), instance, {.optimized = true, .rows = 29, .twice = true});
    const Results want = run_guarded(plain, {});
    const Results got = run_guarded(optimized, {});
    for (const CaseGraph::Result& r : plain.results) {
      EXPECT_LE(nmse(got.at(r.name), want.at(r.name)), 1e-12) << r.name;
    }
  }
}

/// Of all cases, or of those with golden numbers.
std::vector<std::size_t> indices(bool golden) {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < cases().size(); ++i) {
    if (!golden || !cases()[i].golden.empty()) list.push_back(i);
  }
  return list;
}

std::string name_of(const testing::TestParamInfo<std::size_t>& i) { return cases()[i.param].name; }

INSTANTIATE_TEST_SUITE_P(All, Ops, testing::ValuesIn(indices(false)), name_of);
INSTANTIATE_TEST_SUITE_P(All, OpsInGoldenFile, testing::ValuesIn(indices(true)), name_of);

}  // namespace
}  // namespace trainyard::testing_ops
