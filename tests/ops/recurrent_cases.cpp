// rnn, lstm, gru: the product with the inputs, then the steps. Sequence, last state and last cell are one output, side
// by side, so that all their gradients are checked at once.
#include "ops/recurrent.hpp"

#include "ops/all.hpp"
#include "ops/op_case.hpp"
#include "ops/shaping.hpp"

namespace trainyard::testing_ops {
namespace {

ValueId recurrent(Builder& b, const Op& op) {
  const std::int64_t steps = b.shape("x")[0];
  ops::RecurrentAttributes a;
  a.reverse = b.options().value("reverse", false);
  if (b.options().value("nonlinearity", "tanh") == "relu") a.cell = kernels::Cell::rnn_relu;
  const ValueId gates =
      b.graph.add(ops::linear, {b.input("x"), b.parameter("weight_ih", input_major), b.parameter("bias_ih")});
  const ValueId y = b.graph.add(op,
                                {gates, b.parameter("weight_hh", input_major), b.parameter("bias_hh"),
                                 b.ids("lengths", steps + 1), b.input("h0"), b.input("c0")},
                                Attributes(a));
  const std::int64_t size = b.graph.type(y).shape.size();
  std::vector<ValueId> parts{b.graph.add(ops::reshape, {y}, Attributes(ops::ReshapeAttributes{Shape{size}})),
                             b.graph.output(y, ops::last_state)};
  if (&op == &ops::lstm) parts.push_back(b.graph.output(y, ops::last_cell));
  return b.graph.add(ops::concat, parts, Attributes(ops::AxisAttributes{0}));
}

/// One step and several; widths below, at and above a vector's; with and without everything optional.
std::vector<Instance> instances(std::int64_t gates) {
  const auto of = [gates](std::int64_t rows, std::int64_t steps, std::int64_t in, std::int64_t hidden) {
    Instance i;
    i.shapes = {{"x", {rows, steps, in}}, {"weight_ih", {gates * hidden, in}}, {"weight_hh", {gates * hidden, hidden}}};
    return i;
  };
  const auto add = [gates](Instance i, std::initializer_list<const char*> names) {
    const std::int64_t rows = i.shapes["x"][0];
    const std::int64_t hidden = i.shapes["weight_hh"][1];
    for (const std::string name : names) {
      if (name.starts_with("bias")) i.shapes[name] = {gates * hidden};
      if (name == "lengths") i.shapes[name] = {rows};
      if (name == "h0" || (name == "c0" && gates == 4)) i.shapes[name] = {rows, hidden};
    }
    return i;
  };
  std::vector<Instance> list{of(2, 1, 1, 1), add(of(2, 1, 2, 3), {"bias_hh", "h0", "c0"}),
                             add(of(3, 4, 2, 5), {"bias_ih", "bias_hh", "lengths", "h0", "c0"}),
                             add(of(2, 3, 3, 9), {"bias_ih"}), add(of(3, 1, 2, 9), {"bias_hh", "h0", "c0"})};
  for (std::size_t i = 2; i < 4; ++i) {
    list.push_back(list[i]);
    list.back().options["reverse"] = true;
  }
  return list;
}

std::vector<Instance> rnn_instances() {
  std::vector<Instance> list = instances(1);
  list.push_back(list[2]);
  list.back().options["nonlinearity"] = "relu";
  return list;
}

const Declare rnn({.name = "rnn",
                   .build = [](Builder& b) { return recurrent(b, ops::rnn); },
                   .instances = rnn_instances(),
                   .golden = {"rnn"}});
const Declare lstm({.name = "lstm",
                    .build = [](Builder& b) { return recurrent(b, ops::lstm); },
                    .instances = instances(4),
                    .golden = {"lstm"}});
const Declare gru({.name = "gru",
                   .build = [](Builder& b) { return recurrent(b, ops::gru); },
                   .instances = instances(3),
                   .golden = {"gru"}});

}  // namespace
}  // namespace trainyard::testing_ops
