#include <algorithm>
#include <cstdint>
#include <limits>
#include <ranges>
#include <vector>

#include "graph/passes/passes.hpp"

namespace trainyard {
namespace {

/// More blocks than this are not tried: beyond, blocks of a network are small already.
constexpr std::size_t most_blocks = 256;

class Recomputation {
 public:
  explicit Recomputation(Graph& graph)
      : graph_(graph),
        place_(graph.value_count(), -1),
        last_(graph.value_count(), -1),
        kept_(graph.value_count(), 0),
        saved_(graph.value_count(), 0),
        again_(graph.value_count()) {}

  void run() {
    read_forward();
    if (forward_.empty()) return;
    find_cuts();
    choose_blocks();
    rewrite();
  }

 private:
  /// The nodes of the forward part, which comes first, and who reads what they give.
  void read_forward() {
    for (const NodeId n : graph_.order()) {
      const Node& node = graph_[n];
      const auto at = static_cast<int>(forward_.size());
      for (const ValueId v : node.inputs) {
        if (!v.valid()) continue;
        if (node.backward) saved_[v.index()] = 1;
        if (!node.backward) last_[v.index()] = at;
      }
      if (node.backward) continue;
      for (const ValueId v : node.outputs) {
        place_[v.index()] = at;
        if (!repeatable(node)) kept_[v.index()] = 1;
      }
      forward_.push_back(n);
    }
    for (const ValueId v : graph_.results) kept_[v.index()] = 1;
  }

  /// Whether the node gives the same once more and changes nothing.
  [[nodiscard]] bool repeatable(const Node& node) const {
    return !node.op->has_effect && std::ranges::none_of(node.inputs, [&](ValueId v) {
      if (!v.valid()) return false;
      const Value& value = graph_[v];
      return value.role == Role::memory ||
             (value.role == Role::parameter && graph_.parameters()[value.parameter].kind == ParameterKind::state);
    });
  }

  /// A place after which one value leads to all that follows.
  struct Cut {
    int after;
    ValueId value;
    double inside = 0;  ///< bytes that the gradient reads between the cut before and here
  };

  void find_cuts() {
    // How many values lead beyond each node, and the sum of their ids: of one alone, it is the id.
    std::vector<std::int64_t> count(forward_.size() + 1);
    std::vector<std::int64_t> ids(forward_.size() + 1);
    for (std::size_t i = 0; i < place_.size(); ++i) {
      if (place_[i] < 0 || last_[i] <= place_[i]) continue;
      const auto id = static_cast<std::int64_t>(i);
      const auto from = static_cast<std::size_t>(place_[i]);
      const auto to = static_cast<std::size_t>(last_[i]);
      count[from] += 1;
      ids[from] += id;
      count[to] -= 1;
      ids[to] -= id;
    }
    std::int64_t crossing = 0;
    std::int64_t sum = 0;
    double inside = 0;
    for (std::size_t i = 0; i < forward_.size(); ++i) {
      crossing += count[i];
      sum += ids[i];
      for (const ValueId v : graph_[forward_[i]].outputs) {
        if (saved_[v.index()] != 0 && kept_[v.index()] == 0) inside += bytes(v);
      }
      const bool end = i + 1 == forward_.size();
      if (!end && crossing != 1) continue;
      const ValueId value = end ? ValueId{} : ValueId{static_cast<std::int32_t>(sum)};
      if (!end && !cuts_.empty() && cuts_.back().value == value) continue;  // nothing new leads on
      cuts_.push_back({.after = static_cast<int>(i), .value = value, .inside = inside - own(value)});
      inside = 0;
    }
  }

  /// Of a row: what rows do not have is small beside what they have.
  [[nodiscard]] double bytes(ValueId v) const {
    const ValueType& type = graph_.type(v);
    return static_cast<double>(type.shape.size()) * static_cast<double>(element_size(type.dtype, Precision::f32));
  }
  /// What a cut's value takes in its block if the block does not end there.
  [[nodiscard]] double own(ValueId v) const {
    return v.valid() && saved_[v.index()] != 0 && kept_[v.index()] == 0 ? bytes(v) : 0;
  }

  /// Indices of the cuts that end blocks of at most so many bytes (or of one part), such that the least is kept between
  /// them, and what that and the largest block take. The last block is not run again, but it is there at once, too.
  [[nodiscard]] std::vector<std::size_t> blocks_within(double most, double& memory) const {
    const std::size_t parts = cuts_.size();
    std::vector<double> kept(parts + 1);     // from a part on
    std::vector<std::size_t> end(parts, 0);  // of the block that begins there
    for (std::size_t begin = parts; begin-- > 0;) {
      double block = 0;
      kept[begin] = std::numeric_limits<double>::infinity();
      for (std::size_t last = begin; last < parts; ++last) {
        block += cuts_[last].inside;
        if (block > most && last > begin) break;
        const double here = kept[last + 1] + (last + 1 < parts ? bytes(cuts_[last].value) : 0);
        if (here < kept[begin]) {
          kept[begin] = here;
          end[begin] = last;
        }
        block += own(cuts_[last].value);
      }
    }
    std::vector<std::size_t> ends;
    double largest = 0;
    for (std::size_t begin = 0; begin < parts; begin = ends.back() + 1) {
      ends.push_back(end[begin]);
      double block = 0;
      for (std::size_t i = begin; i <= end[begin]; ++i)
        block += cuts_[i].inside + (i < end[begin] ? own(cuts_[i].value) : 0);
      largest = std::max(largest, block);
    }
    memory = kept[0] + largest;
    return ends;
  }

  /// The best of bounds on a block: all, a half, a third, … of what there is, down to what cannot be cut.
  void choose_blocks() {
    double all = 0;
    double least = 0;
    for (const Cut& cut : cuts_) {
      all += cut.inside + own(cut.value);
      least = std::max(least, cut.inside);
    }
    double best = std::numeric_limits<double>::infinity();
    std::vector<std::size_t> ends;
    for (std::size_t blocks = 1; blocks <= std::min(cuts_.size(), most_blocks); ++blocks) {
      const double most = std::max(all / static_cast<double>(blocks), least);
      double memory = 0;
      std::vector<std::size_t> filled = blocks_within(most, memory);
      if (memory < best) {
        best = memory;
        ends = std::move(filled);
      }
      if (most == least) break;
    }
    block_.resize(forward_.size());
    std::size_t next = 0;
    for (std::size_t b = 0; b < ends.size(); ++b) {
      const Cut& end = cuts_[ends[b]];
      if (end.value.valid()) kept_[end.value.index()] = 1;
      for (; next <= static_cast<std::size_t>(end.after); ++next) block_[next] = b;
    }
    wanted_.resize(ends.size());
    last_block_ = ends.size() - 1;
  }

  /// The value's block if it has to be computed again for whoever reads it in the backward part, else the last.
  [[nodiscard]] std::size_t lost(ValueId v) const {
    if (!v.valid() || place_[v.index()] < 0 || kept_[v.index()] != 0) return last_block_;
    return block_[static_cast<std::size_t>(place_[v.index()])];
  }

  void rewrite() {
    if (last_block_ == 0) return;
    const std::vector<NodeId> order(graph_.order().begin(), graph_.order().end());
    for (const NodeId n : order) {
      if (!graph_[n].backward) continue;
      for (const ValueId v : graph_[n].inputs) {
        if (const std::size_t b = lost(v); b != last_block_) wanted_[b].push_back(v);
      }
    }
    std::vector<NodeId> rewritten;
    for (const NodeId n : order) {
      if (graph_[n].backward) {
        for (std::size_t i = 0; i < graph_[n].inputs.size(); ++i) {
          const ValueId v = graph_[n].inputs[i];
          const std::size_t b = lost(v);
          if (b == last_block_) continue;
          if (!again_[v.index()].valid()) repeat(b, rewritten);
          graph_[n].inputs[i] = again_[v.index()];
        }
      }
      rewritten.push_back(n);
    }
    graph_.set_order(std::move(rewritten));
  }

  /// Writes a block's nodes once more, as far as the backward part reads what they give.
  void repeat(std::size_t block, std::vector<NodeId>& order) {
    std::vector<int> nodes;
    std::vector<char> taken(forward_.size(), 0);
    std::vector<ValueId> open = wanted_[block];
    while (!open.empty()) {
      const ValueId v = open.back();
      open.pop_back();
      if (lost(v) != block) continue;
      const int at = place_[v.index()];
      if (taken[static_cast<std::size_t>(at)] != 0) continue;
      taken[static_cast<std::size_t>(at)] = 1;
      nodes.push_back(at);
      const Node& node = graph_[forward_[static_cast<std::size_t>(at)]];
      open.insert(open.end(), node.inputs.begin(), node.inputs.end());
    }
    std::ranges::sort(nodes);
    graph_.backward = true;
    for (const int at : nodes) {
      const Node node = graph_[forward_[static_cast<std::size_t>(at)]];
      std::vector<ValueId> inputs = node.inputs;
      for (ValueId& v : inputs) {
        if (v.valid() && again_[v.index()].valid()) v = again_[v.index()];
      }
      // The layer's name is that of its random stream: what was dropped is dropped again.
      const Graph::Scope scope(graph_, node.path, node.name);
      const ValueId first = graph_.add(*node.op, inputs, node.attributes);
      const NodeId made = graph_[first].producer;
      for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        const std::size_t v = node.outputs[i].index();
        if (kept_[v] == 0) again_[v] = graph_[made].outputs[i];
      }
      order.push_back(made);
    }
    graph_.backward = false;
  }

  Graph& graph_;
  std::vector<NodeId> forward_;
  std::vector<int> place_;          ///< by value: index in forward_ of its node, -1 for all others
  std::vector<int> last_;           ///< by value: index of its last reader there
  std::vector<char> kept_;          ///< by value: stays from the forward part on
  std::vector<char> saved_;         ///< by value: the backward part reads it
  std::vector<Cut> cuts_;           ///< the last is the end
  std::vector<std::size_t> block_;  ///< by index in forward_
  std::size_t last_block_ = 0;
  std::vector<std::vector<ValueId>> wanted_;  ///< by block: what the backward part reads of it
  std::vector<ValueId> again_;                ///< by value: computed once more
};

}  // namespace

void recompute(Graph& graph) { Recomputation(graph).run(); }

}  // namespace trainyard
