#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/arena.hpp"
#include "core/random.hpp"
#include "ops/case_graph.hpp"

namespace trainyard::testing_ops {
namespace {

/// Bytes with sentinels before and behind, 64-byte aligned, all ones inside: NaN in either precision.
class Buffer {
 public:
  explicit Buffer(std::size_t bytes = 0) : bytes_(bytes), memory_(aligned(bytes) + 2 * margin) {
    std::memset(memory_.data(), sentinel, memory_.size());
    std::memset(data(), 0xFF, bytes_);
  }
  [[nodiscard]] std::byte* data() const { return memory_.data() + margin; }
  [[nodiscard]] std::size_t size() const { return bytes_; }
  [[nodiscard]] bool intact() const {
    const auto whole = [](const std::byte* p, std::size_t n) {
      return std::all_of(p, p + n, [](std::byte b) { return b == std::byte{sentinel}; });
    };
    return whole(memory_.data(), margin) && whole(data() + bytes_, memory_.size() - margin - bytes_);
  }

 private:
  static constexpr std::size_t margin = 256;
  static constexpr unsigned char sentinel = 0x5A;
  std::size_t bytes_;
  Arena memory_;
};

}  // namespace

struct Runner::State {
  State(const CaseGraph& graph, const RunOptions& o) : g(graph), options(o) {
    rows = options.rows > 0 ? options.rows : g.rows;
    capacity = options.capacity > 0 ? options.capacity : rows;
    buffers.resize(g.graph.value_count());
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      const Value& v = g.graph[ValueId{static_cast<std::int32_t>(i)}];
      const auto count = static_cast<std::size_t>(v.type.elements(rows));
      buffers[i] = Buffer(count * element_size(v.type.dtype, options.precision));
      place.push_back(buffers[i].data());
      if (v.role == Role::constant) write(i, {v.constant.begin(), v.constant.end()});
    }
  }

  void write(std::size_t value, const std::vector<double>& numbers) {
    const ValueType& type = g.graph.type(ValueId{static_cast<std::int32_t>(value)});
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      if (type.dtype == DType::i32) {
        reinterpret_cast<std::int32_t*>(place[value])[n] = static_cast<std::int32_t>(numbers[n]);
      } else if (options.precision == Precision::f64) {
        reinterpret_cast<double*>(place[value])[n] = numbers[n];
      } else {
        reinterpret_cast<float*>(place[value])[n] = static_cast<float>(numbers[n]);
      }
    }
  }

  [[nodiscard]] std::vector<double> read(std::size_t value, std::size_t count) const {
    const ValueType& type = g.graph.type(ValueId{static_cast<std::int32_t>(value)});
    std::vector<double> numbers(count);
    for (std::size_t n = 0; n < count; ++n) {
      numbers[n] = type.dtype == DType::i32 ? reinterpret_cast<const std::int32_t*>(place[value])[n]
                   : options.precision == Precision::f64
                       ? reinterpret_cast<const double*>(place[value])[n]
                       : static_cast<double>(reinterpret_cast<const float*>(place[value])[n]);
    }
    return numbers;
  }

  /// Whether output 0 shall lie in an input's place, as the plan would decide.
  [[nodiscard]] bool shares(const Node& node) const {
    if (!options.in_place || node.op->in_place < 0) return false;
    const ValueId in = node.inputs[static_cast<std::size_t>(node.op->in_place)];
    return std::ranges::count(node.inputs, in) == 1 &&
           buffers[in.index()].size() == buffers[node.outputs[0].index()].size();
  }

  void call(const Node& node) {
    Call c;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (!node.inputs[i].valid()) continue;
      c.in[i] = place[node.inputs[i].index()];
      c.in_type[i] = &g.graph.type(node.inputs[i]);
    }
    if (node.op->accumulates >= 0) {
      place[node.outputs[0].index()] = place[node.inputs[static_cast<std::size_t>(node.op->accumulates)].index()];
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      c.out[i] = place[node.outputs[i].index()];
      c.out_type[i] = &g.graph.type(node.outputs[i]);
    }
    if (shares(node)) {
      const auto i = static_cast<std::size_t>(node.op->in_place);
      std::memcpy(c.out[0], c.in[i], buffers[node.outputs[0].index()].size());
      c.in[i] = c.out[0];
    }
    c.attributes = &node.attributes;
    c.context = &options.context;
    c.stream = stream(node.name);
    c.rows = rows;
    const CallTypes largest{c.in_type, c.out_type, &node.attributes, capacity, options.precision};
    const Op& op = *compiled(node.op);
    const Scratch need = op.scratch == nullptr ? Scratch{} : op.scratch(largest);
    const Buffer shared(need.shared);
    c.scratch = shared.data();
    const CallTypes types{c.in_type, c.out_type, &node.attributes, rows, options.precision};
    const Work work = op.work(types);
    Random random(options.cut, op.name);
    for (std::int64_t begin = 0; begin < work.units;) {
      const std::int64_t grains = options.cut == 0 ? work.units : 1 + random.below(3);
      const std::int64_t end = std::min(work.units, begin + grains * work.grain);
      const Buffer own(need.per_thread);
      c.thread_scratch = own.data();
      op.run[options.precision](c, begin, end);
      EXPECT_TRUE(own.intact()) << op.name << " writes behind its thread's scratch";
      begin = end;
    }
    if (op.finish) {
      const Buffer own(need.per_thread);
      c.thread_scratch = own.data();
      op.finish[options.precision](c, 0, 1);
    }
    EXPECT_TRUE(shared.intact()) << op.name << " writes behind its scratch";
  }

  const CaseGraph& g;
  RunOptions options;
  std::int64_t rows = 0, capacity = 0;
  std::vector<Buffer> buffers;
  std::vector<std::byte*> place;  ///< by value: its buffer, or that of the sum it was added to
};

Runner::Runner(const CaseGraph& g, const RunOptions& options) : state_(std::make_unique<State>(g, options)) {}
Runner::~Runner() = default;

void Runner::set(const std::string& changed, const std::vector<double>& numbers) {
  for (const Builder::Input& i : state_->g.inputs) {
    Sizes shape = i.numbers.shape;
    if (i.batched) shape[0] = state_->rows;
    state_->write(i.value.index(), to_stored(shape, i.stored, i.name == changed ? numbers : i.numbers.values));
  }
}

void Runner::run() {
  for (const NodeId n : state_->g.graph.order()) state_->call(state_->g.graph[n]);
}

Results Runner::results() const {
  Results results;
  for (const CaseGraph::Result& r : state_->g.results) {
    Sizes shape = r.shape;
    if (r.batched) shape[0] = state_->rows;
    std::size_t count = 1;
    for (const std::int64_t s : shape) count *= static_cast<std::size_t>(s);
    results[r.name] = from_stored(shape, r.stored, state_->read(r.value.index(), count));
  }
  return results;
}

void Runner::expect_intact() const {
  for (std::size_t i = 0; i < state_->buffers.size(); ++i) {
    EXPECT_TRUE(state_->buffers[i].intact())
        << "written outside of %" << i << " " << state_->g.graph[ValueId{static_cast<std::int32_t>(i)}].name;
  }
}

Results run_guarded(const CaseGraph& g, const RunOptions& options) {
  Runner runner(g, options);
  runner.set();
  runner.run();
  runner.expect_intact();
  return runner.results();
}

}  // namespace trainyard::testing_ops
