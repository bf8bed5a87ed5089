// The graph of one case and instance, with gradients for a random cotangent, and what comes out of running it.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/parallel.hpp"
#include "ops/op_case.hpp"

namespace trainyard::testing_ops {

/// Results by name, in PyTorch's order: "output", "gradient of x", "state running_mean".
using Results = std::map<std::string, std::vector<double>>;

struct GraphOptions {
  bool gradients = true;
  bool optimized = false;    ///< all passes
  std::int64_t rows = 0;     ///< of the random numbers; 0: the instance's
  const Op* then = nullptr;  ///< an activation after the op
  bool activated = false;    ///< tanh of every batched float input goes in
  bool twice = false;        ///< the sum of two such ops on the same inputs
  std::string only = {};     ///< the input whose gradient alone is wanted; "": all
};

class CaseGraph {
 public:
  CaseGraph(const OpCase& c, const Instance& instance, const GraphOptions& options = {});

  struct Result {
    std::string name;
    ValueId value;
    StoredOrder stored;
    Sizes shape;  ///< PyTorch's
    bool batched;
  };

  ParameterTable table;
  Graph graph{table};
  std::int64_t rows = 0;
  std::vector<Builder::Input> inputs;  ///< with the cotangent
  std::vector<Result> results;

 private:
  void read_inputs(const Builder& builder);
};

/// PyTorch's order of the first `rows` rows (batched) as memory holds it, and back.
[[nodiscard]] std::vector<double> to_stored(const Sizes& shape, StoredOrder stored, const std::vector<double>& numbers);
[[nodiscard]] std::vector<double> from_stored(const Sizes& shape, StoredOrder stored,
                                              const std::vector<double>& numbers);

struct RunOptions {
  std::int64_t rows = 0;      ///< run-time rows; 0: all
  std::int64_t capacity = 0;  ///< of the plan and its scratch; 0: the same as rows
  Precision precision = Precision::f32;
  std::uint64_t cut = 0;  ///< not 0: calls are cut into pieces, differently for each number
  bool in_place = false;  ///< outputs that may lie in an input's place do
  StepContext context = {.seed = 5, .step = 3};
};

/// Runs call by call over buffers of exactly the size needed, with sentinels around each; outputs and scratch are NaN
/// before. Adds a test failure if anything is written outside.
[[nodiscard]] Results run_guarded(const CaseGraph& g, const RunOptions& options);

/// As run_guarded, again and again with other numbers in one input: for differences.
class Runner {
 public:
  Runner(const CaseGraph& g, const RunOptions& options);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  /// Sets all inputs to their numbers, one of them to others.
  void set(const std::string& changed = "", const std::vector<double>& numbers = {});
  void run();
  [[nodiscard]] Results results() const;
  void expect_intact() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs the plan through the executor, sharing every call among the pool's threads.
[[nodiscard]] Results run_planned(const CaseGraph& g, const RunOptions& options, ThreadPool& pool,
                                  bool keep_all = false);

/// The results whose bits differ, by name; "" if none. With `rows` > 0 only that many rows of batched results count.
[[nodiscard]] std::string difference(const CaseGraph& g, const Results& a, const Results& b, std::int64_t rows = 0);

}  // namespace trainyard::testing_ops
