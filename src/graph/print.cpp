#include "graph/print.hpp"

#include <array>
#include <cstdio>

namespace trainyard {
namespace {

class StringSink final : public TextSink {
 public:
  void put(std::string_view key, double value) override {
    std::array<char, 32> number{};
    std::snprintf(number.data(), number.size(), "%g", value);
    put(key, std::string_view(number.data()));
  }
  void put(std::string_view key, std::string_view value) override {
    text += (text.empty() ? "" : ", ") + std::string(key) + " " + std::string(value);
  }
  std::string text;
};

std::string attributes_text(const Op& op, const Attributes& attributes) {
  if (op.print_attributes == nullptr) return "";
  StringSink sink;
  op.print_attributes(attributes, sink);
  return sink.text.empty() ? "" : " {" + sink.text + "}";
}

std::string name_of(ValueId v, Role role, const std::string& name) {
  if (!v.valid()) return "-";
  return role == Role::computed ? "%" + std::to_string(v.value) : name;
}

std::string pad(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string_view block_name(Block block) {
  static constexpr std::array names{std::string_view("activations"), std::string_view("parameters"),
                                    std::string_view("gradients"), std::string_view("state"),
                                    std::string_view("constants")};
  return names[static_cast<std::size_t>(block)];
}

}  // namespace

std::string print(const Graph& graph) {
  std::string out;
  for (const NodeId n : graph.order()) {
    const Node& node = graph[n];
    std::string line;
    for (const ValueId v : node.outputs) {
      line += (line.empty() ? "" : ", ") + ("%" + std::to_string(v.value)) + " " + text(graph.type(v));
      if (graph[v].is_gradient) line += " gradient of " + graph.parameters()[graph[v].parameter].names.front();
    }
    line += " = " + std::string(node.op->name) + "(";
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId v = node.inputs[i];
      line += (i == 0 ? "" : ", ") + (v.valid() ? name_of(v, graph[v].role, graph[v].name) : "-");
    }
    line += ")" + attributes_text(*node.op, node.attributes);
    out += pad(line, 72) + "  " + node.path + "\n";
  }
  return out;
}

std::string print(const Plan& plan) {
  std::string out;
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const PlanStep& step = plan.steps[s];
    std::string line = pad(std::to_string(s), 4) + pad(std::string(step.op->name), 24);
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const ValueId v = step.inputs[i];
      line += (i == 0 ? "" : ", ") +
              (v.valid() ? name_of(v, plan.values[v.index()].role, plan.values[v.index()].name) : "-");
    }
    for (const ValueId v : step.outputs) {
      const PlanValue& value = plan.values[v.index()];
      line += " -> %" + std::to_string(v.value) + " " + text(value.type) + " " +
              std::string(block_name(value.where.block)) + "+" + std::to_string(value.where.offset);
      for (const ValueId i : step.inputs) {
        if (!i.valid()) continue;
        const Location& from = plan.values[i.index()].where;
        if (from.block == value.where.block && from.offset == value.where.offset)
          line += " (in the place of its input)";
      }
    }
    out += pad(line + attributes_text(*step.op, step.attributes), 100) + "  " + step.path + "\n";
  }
  out += "rows <= " + std::to_string(plan.capacity) + "; activations " +
         std::to_string(plan.bytes[static_cast<std::size_t>(Block::activations)]) + " B, " +
         std::to_string(plan.unplanned) + " B without reuse; scratch " + std::to_string(plan.scratch) + " B + " +
         std::to_string(plan.scratch_per_thread) + " B a thread\n";
  return out;
}

}  // namespace trainyard
