// From a model to a plan bound to memory, for one purpose.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "executors/cpu.hpp"
#include "losses/loss.hpp"
#include "train/model.hpp"

namespace trainyard {

/// What a plan is for.
enum class Mode : std::uint8_t {
  predict,   ///< outputs; dropout off, running statistics
  evaluate,  ///< outputs and loss, the same way
  train,     ///< loss and gradients of the trained parameters
  inspect    ///< as train, with every value kept: pictures, slow motion, diagnosis
};

struct CompileOptions {
  Mode mode = Mode::predict;
  std::int64_t capacity = 1;
  const Op* finish = nullptr;  ///< predict: applied to every output, to turn scores into shares
  const Loss* loss = nullptr;  ///< for all modes but predict
  ValueType target = {};       ///< type of the data's target column
  std::string target_name = "y";
  bool keep_outputs = false;     ///< train: outputs stay readable (metrics)
  bool recompute = false;        ///< train: activations are computed again for the gradient rather than kept
  bool shared = false;           ///< train: the rows are a part of a batch that several engines share (Op::joins_parts)
  bool fuse = true;              ///< false shows every op by itself
  bool training = true;          ///< inspect: dropout drops, batch norm uses the batch
  bool input_gradients = false;  ///< inspect: gradients of every value, inputs included
  std::string* report = nullptr;  ///< gets the printed graph before and after each pass, and the plan

  [[nodiscard]] bool learns() const { return mode == Mode::train || mode == Mode::inspect; }
};

/// A plan and the values by which it is fed and read.
struct Compiled {
  std::unique_ptr<CpuExecutor> executor;
  std::vector<ValueId> inputs;
  ValueId target, seed, loss;
  std::vector<ValueId> outputs;
  std::vector<LayerRecord> layers;
  std::vector<ValueId> gradients;  ///< inspect: by value
};

/// Bytes that activations take in a plan of the graph for so many rows, which is never bound to memory.
[[nodiscard]] std::uint64_t activation_bytes(const Graph& graph, std::int64_t capacity);

/// Writes all that follows the network, whose inputs c knows, into its graph: loss, gradients, passes.
void write_steps(Graph& graph, Network network, const CompileOptions& options, Compiled& c);

/// Throws what building, shape rules and the loss throw; OUT_OF_MEMORY.
[[nodiscard]] Compiled compile(const Model& model, const CompileOptions& options, ThreadPool& pool);

}  // namespace trainyard
