// Prints what each call of a training plan costs. Reads {description, input, rows, loss, classes?, precision?} on
// standard input (benchmarks/profile.mjs writes it from a workload).
//
// The whole plan is run many times, call by call; a call's cost is that of its fastest run.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/random.hpp"
#include "losses/loss.hpp"
#include "train/compile.hpp"
#include "train/model.hpp"

namespace trainyard {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

/// Microseconds that calls [first, last) of the plan take.
double timed(CpuExecutor& executor, std::int64_t rows, std::size_t first, std::size_t last) {
  const auto start = Clock::now();
  executor.run(rows, {}, first, last);
  return microseconds(Clock::now() - start);
}

void fill(CpuExecutor& executor, ValueId v, std::int64_t rows) {
  float* numbers = executor.at<float>(v);
  const std::int64_t count = executor.plan().values[v.index()].type.elements(rows);
  for (std::int64_t i = 0; i < count; ++i) numbers[i] = static_cast<float>((i * 37) % 101) / 101;
}

void fill_classes(CpuExecutor& executor, ValueId v, std::int64_t rows) {
  const std::int64_t count = executor.plan().values[v.index()].type.elements(rows);
  for (std::int64_t i = 0; i < count; ++i) executor.at<std::int32_t>(v)[i] = static_cast<std::int32_t>(i) % 10;
}

int run(const Json& job) {
  const Json& shape = job.at("input");
  ModelInput input;
  input.dtype = shape.is_object() ? DType::i32 : DType::f32;
  input.shape = Shape((shape.is_object() ? shape.at("shape") : shape).get<std::vector<std::int64_t>>());
  const Model model(job.at("description"), {.inputs = {input}});
  const auto rows = job.at("rows").get<std::int64_t>();
  const std::unique_ptr<Loss> loss = parse_loss(job.at("loss"));
  ValueType target = model.outputs().front().second;
  const bool ids = job.contains("classes");
  // A class for every position that the scores have.
  if (ids) target = {.shape = Shape(target.shape.dims().first(target.shape.rank() - 1)), .dtype = DType::i32};
  ThreadPool pool(job.value("threads", 1));
  const Compiled c =
      compile(model, {.mode = Mode::train, .capacity = rows, .loss = loss.get(), .target = target}, pool);
  CpuExecutor& executor = *c.executor;
  for (const ValueId v : c.inputs) {
    if (input.dtype == DType::f32) {
      fill(executor, v, rows);
    } else {
      fill_classes(executor, v, rows);
    }
  }
  fill(executor, c.seed, rows);
  if (ids) {
    fill_classes(executor, c.target, rows);
  } else {
    fill(executor, c.target, rows);
  }

  const Plan& plan = executor.plan();
  const std::size_t calls = plan.steps.size();
  double whole = std::numeric_limits<double>::infinity();
  std::vector<double> costs(calls, whole);
  for (int repeats = 1, i = 0; i < repeats; ++i) {
    whole = std::min(whole, timed(executor, rows, 0, calls));
    for (std::size_t k = 0; k < calls; ++k) costs[k] = std::min(costs[k], timed(executor, rows, k, k + 1));
    repeats = std::clamp(static_cast<int>(5e6 / whole), 10, 2000);
  }
  double total_flops = 0;
  double sum = 0;
  std::map<std::string_view, double> by_op;
  for (std::size_t i = 0; i < calls; ++i) {
    const PlanStep& step = plan.steps[i];
    std::array<const ValueType*, max_inputs> in{};
    std::array<const ValueType*, max_outputs> out{};
    for (std::size_t k = 0; k < step.inputs.size(); ++k) {
      if (step.inputs[k].valid()) in[k] = &plan.values[step.inputs[k].index()].type;
    }
    for (std::size_t k = 0; k < step.outputs.size(); ++k) out[k] = &plan.values[step.outputs[k].index()].type;
    const double flops = step.op->work({in, out, &step.attributes, rows, plan.precision}).flops;
    total_flops += flops;
    std::printf("%9.2f us %7.2f GFLOP/s  %-28s %s\n", costs[i], flops / costs[i] / 1e3,
                std::string(step.op->name).c_str(), step.path.c_str());
    sum += costs[i];
    by_op[step.op->name] += costs[i];
  }
  for (const auto& [op, cost] : by_op) {
    std::printf("%9.2f us %5.1f %%  %s\n", cost, 100 * cost / sum, std::string(op).c_str());
  }
  std::printf("%9.2f us %7.2f GFLOP/s  whole plan\n", whole, total_flops / whole / 1e3);
  return 0;
}

}  // namespace
}  // namespace trainyard

int main() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  try {
    return trainyard::run(trainyard::parse_json(text, "stdin"));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
