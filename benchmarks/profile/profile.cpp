// Prints what each call of a training plan costs. Reads {description, input, rows, loss, classes?, precision?} on
// standard input (benchmarks/profile.mjs writes it from a workload).
//
// The executor is left as it is: the plan is run up to its i-th call for every i, many times, and a call's cost is the
// difference between the fastest runs with and without it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
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

/// Fastest of several runs of the first `count` calls, in microseconds.
double fastest(CpuExecutor& executor, std::int64_t rows, std::size_t count, int repeats) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repeats; ++i) {
    const auto start = Clock::now();
    executor.run(rows, {}, count);
    best = std::min(best, microseconds(Clock::now() - start));
  }
  return best;
}

void fill(CpuExecutor& executor, ValueId v, std::int64_t rows) {
  float* numbers = executor.at<float>(v);
  const std::int64_t count = executor.plan().values[v.index()].type.elements(rows);
  for (std::int64_t i = 0; i < count; ++i) numbers[i] = static_cast<float>((i * 37) % 101) / 101;
}

int run(const Json& job) {
  ModelInput input;
  const auto dims = job.at("input").get<std::vector<std::int64_t>>();
  input.shape = Shape(dims);
  const Model model(job.at("description"), {.inputs = {input}});
  const auto rows = job.at("rows").get<std::int64_t>();
  const std::unique_ptr<Loss> loss = parse_loss(job.at("loss"));
  ValueType target = model.outputs().front().second;
  const bool ids = job.contains("classes");
  if (ids) target = {.shape = {}, .dtype = DType::i32};
  ThreadPool pool(job.value("threads", 1));
  const Compiled c =
      compile(model, {.mode = Mode::train, .capacity = rows, .loss = loss.get(), .target = target}, pool);
  CpuExecutor& executor = *c.executor;
  for (const ValueId v : c.inputs) fill(executor, v, rows);
  fill(executor, c.seed, rows);
  if (ids) {
    for (std::int64_t i = 0; i < rows; ++i) executor.at<std::int32_t>(c.target)[i] = static_cast<std::int32_t>(i) % 10;
  } else {
    fill(executor, c.target, rows);
  }

  const Plan& plan = executor.plan();
  const double whole = fastest(executor, rows, plan.steps.size(), 20);
  const int repeats = std::clamp(static_cast<int>(2e5 / whole), 10, 2000);
  double before = 0;
  double total_flops = 0;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const double after = fastest(executor, rows, i + 1, repeats);
    const PlanStep& step = plan.steps[i];
    std::array<const ValueType*, max_inputs> in{};
    std::array<const ValueType*, max_outputs> out{};
    for (std::size_t k = 0; k < step.inputs.size(); ++k) {
      if (step.inputs[k].valid()) in[k] = &plan.values[step.inputs[k].index()].type;
    }
    for (std::size_t k = 0; k < step.outputs.size(); ++k) out[k] = &plan.values[step.outputs[k].index()].type;
    const double flops = step.op->work({in, out, &step.attributes, rows, plan.precision}).flops;
    total_flops += flops;
    std::printf("%9.2f us %7.2f GFLOP/s  %-28s %s\n", after - before, flops / (after - before) / 1e3,
                std::string(step.op->name).c_str(), step.path.c_str());
    before = after;
  }
  std::printf("%9.2f us %7.2f GFLOP/s  whole plan\n", before, total_flops / before / 1e3);
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
