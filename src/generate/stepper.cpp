#include "generate/stepper.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/error.hpp"
#include "graph/passes/passes.hpp"
#include "graph/stepping.hpp"

namespace trainyard {
namespace {

/// Positions of a prompt that go through at once.
constexpr std::int64_t piece = 32;

/// Throws unless the network is one from a sequence of ids to scores.
void check(const Model& model, const Graph& graph, std::span<const ValueId> inputs, const Network& network) {
  if (inputs.size() != 1 || graph.type(inputs[0]).shape.rank() != 1 || graph.type(inputs[0]).shape[0] < 2) {
    std::string got;
    for (const ValueId v : inputs) got += (got.empty() ? "" : ", ") + text(graph.type(v));
    throw Error(ErrorCode::shape_mismatch, "input", "i32[*, >= 2]", got);
  }
  const ValueType& input = graph.type(inputs[0]);
  if (input.dtype != DType::i32) {
    throw Error(ErrorCode::type_mismatch, "input", "i32", std::string(name(input.dtype)));
  }
  const ValueType& output = graph.type(network.outputs.front().second);
  const int rank = output.shape.rank();
  const bool fits = network.outputs.size() == 1 && (rank == 1 || (rank == 2 && output.shape[0] == input.shape[0])) &&
                    output.shape.back() <= model.limits(0)->high + 1;
  if (!fits) {
    std::string got;
    for (const auto& [name, v] : network.outputs) got += (got.empty() ? "" : ", ") + text(graph.type(v));
    const std::string ids = std::to_string(model.limits(0)->high + 1);
    throw Error(ErrorCode::shape_mismatch, "output", "[*, " + std::to_string(input.shape[0]) + ", <= " + ids + "]",
                got);
  }
}

}  // namespace

Stepper::Stepper(const Model& model, ThreadPool& pool) {
  ParameterTable table = model.parameters();  // a copy: plans never add parameters
  Graph whole(table);
  std::vector<ValueId> inputs;
  const Network network = model.build(whole, false, inputs);
  check(model, whole, inputs, network);
  const ValueId output = network.outputs.front().second;
  whole.keep(output);
  dead_code(whole);
  Graph step(table);
  const SteppedGraph made = step_graph(whole, inputs[0], output, step);
  optimize(step);
  context_ = whole.type(inputs[0]).shape[0];
  bounded_ = made.bounded;
  input_ = made.input;
  output_ = made.output;
  scores_.resize(static_cast<std::size_t>(whole.type(output).shape.back()));
  executor_ = std::make_unique<CpuExecutor>(
      make_plan(step, model.places(), {.capacity = std::min(piece, context_), .precision = model.precision()}),
      model.memory(), pool);
}

void Stepper::reset() {
  position_ = 0;
  for (std::size_t i = 0; i < plan().values.size(); ++i) {
    const PlanValue& v = plan().values[i];
    if (v.role == Role::memory && v.bytes != 0) {
      std::memset(executor_->at(ValueId{static_cast<std::int32_t>(i)}), 0, static_cast<std::size_t>(v.bytes));
    }
  }
}

std::span<const float> Stepper::run(std::span<const std::int32_t> ids) {
  std::int64_t rows = 0;
  for (; !ids.empty(); ids = ids.subspan(static_cast<std::size_t>(rows))) {
    rows = std::min(static_cast<std::int64_t>(ids.size()), plan().capacity);
    std::copy_n(ids.data(), rows, executor_->at<std::int32_t>(input_));
    StepContext context;
    context.position = position_;
    executor_->run(rows, context);
    position_ += rows;
  }
  const std::int64_t last = (rows - 1) * vocabulary();
  if (plan().precision == Precision::f64) {
    const double* from = executor_->at<double>(output_) + last;
    std::transform(from, from + vocabulary(), scores_.begin(), [](double x) { return static_cast<float>(x); });
  } else {
    std::copy_n(executor_->at<float>(output_) + last, vocabulary(), scores_.begin());
  }
  return scores_;
}

}  // namespace trainyard
