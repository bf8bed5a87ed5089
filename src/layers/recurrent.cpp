// rnn, lstm, gru, as torch.nn.RNN, LSTM and GRU with batch_first: [*, T, C] -> the sequence of states [*, T, D H] of
// the last of the stacked layers, or its last valid state [*, D H], both directions side by side (D = 2). A second
// input gives the rows' lengths, as torch.nn.utils.rnn's packed sequences do: behind them the output is 0. Parameters
// of layer k: weight_ih_lk [G H, inputs], weight_hh_lk [G H, H], bias_ih_lk and bias_hh_lk [G H], the same with
// _reverse; gates in PyTorch's order.
#include "ops/recurrent.hpp"

#include <string>

#include "layers/all.hpp"
#include "ops/all.hpp"
#include "ops/dropout.hpp"
#include "ops/shaping.hpp"

namespace trainyard::layers {
namespace {

using kernels::Cell;

struct Recurrent {
  std::int64_t hidden = 0;
  std::int64_t layers = 1;
  bool bidirectional = false;
  std::string output = "sequence";
  bool bias = true;
  double dropout = 0;  ///< between the stacked layers

  template <class V>
  void visit(V& v) {
    v.required("hidden", hidden, at_least_one);
    v("layers", layers, Range{.min = 1, .max = 1000});
    v("bidirectional", bidirectional);
    v("output", output, Choices{"sequence", "last"});
    v("bias", bias);
    v("dropout", dropout, share);
  }

  ValueId build_cells(LayerBuilder& b, std::span<const ValueId> inputs, const Op& op, Cell cell) const {
    Graph& g = b.graph();
    ValueId x = g.channels_first(inputs[0]);
    const Shape shape = g.type(x).shape;
    Inference::require(shape.rank() == 2, "[*, T, features]", text(shape, true));
    ValueId lengths;
    if (inputs.size() > 1) {
      const Shape& given = g.type(inputs[1]).shape;
      Inference::require(given.rank() == 0, "[*]", text(given, true));
      lengths = g.whole_numbers(inputs[1], 1, shape[0]);
    }
    const bool last = output == "last";
    for (std::int64_t layer = 0; layer < layers; ++layer) {
      const bool top = layer + 1 == layers;
      const std::string suffix = "_l" + std::to_string(layer);
      ValueId y = direction(b, x, lengths, op, {cell, false}, suffix, last && top);
      if (bidirectional) {
        const ValueId back = direction(b, x, lengths, op, {cell, true}, suffix + "_reverse", last && top);
        y = g.add(ops::concat, {y, back}, Attributes(ops::AxisAttributes{last && top ? 0 : 1}));
      }
      x = y;
      if (!top && dropout > 0 && b.training()) {
        // A name of its own, so that every layer drops other numbers.
        const Graph::Scope scope(g, b.path(), b.name() + suffix);
        x = g.add(ops::dropout, {x}, Attributes(ops::DropoutAttributes{dropout}));
      }
    }
    return x;
  }

 private:
  ValueId direction(LayerBuilder& b, ValueId x, ValueId lengths, const Op& op, const ops::RecurrentAttributes& a,
                    const std::string& suffix, bool last) const {
    Graph& g = b.graph();
    const std::int64_t in = g.type(x).shape.back();
    const std::int64_t gates = kernels::cell_gates(a.cell) * hidden;
    // All of them start from U(±1 / sqrt(hidden)), whatever they are multiplied with.
    const auto make = [&](const char* name, const Shape& shape, const StoredOrder& stored, ParameterKind kind) {
      return b.parameter({.name = name + suffix,
                          .shape = shape,
                          .stored = stored,
                          .kind = kind,
                          .initializer = "default",
                          .fan_in = hidden,
                          .fan_out = hidden});
    };
    const ValueId w_ih = make("weight_ih", {gates, in}, input_major, ParameterKind::weight);
    const ValueId w_hh = make("weight_hh", {gates, hidden}, input_major, ParameterKind::weight);
    ValueId b_ih;
    ValueId b_hh;
    if (bias) {
      b_ih = make("bias_ih", {gates}, as_is, ParameterKind::bias);
      b_hh = make("bias_hh", {gates}, as_is, ParameterKind::bias);
      if (a.cell != Cell::gru) {
        // Both are only ever added: once, to all steps at a time. GRU's reset gate acts on the second.
        b_ih = g.add(ops::add, {b_ih, b_hh});
        b_hh = {};
      }
    }
    const ValueId projected = g.add(ops::linear, {x, w_ih, b_ih});
    const ValueId y = g.add(op, {projected, w_hh, b_hh, lengths}, Attributes(a));
    return last ? g.output(y, ops::last_state) : y;
  }
};

struct Rnn : Recurrent {
  std::string nonlinearity = "tanh";
  template <class V>
  void visit(V& v) {
    Recurrent::visit(v);
    v("nonlinearity", nonlinearity, Choices{"tanh", "relu"});
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return build_cells(b, inputs, ops::rnn, nonlinearity == "relu" ? Cell::rnn_relu : Cell::rnn_tanh);
  }
};

struct Lstm : Recurrent {
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return build_cells(b, inputs, ops::lstm, Cell::lstm);
  }
};

struct Gru : Recurrent {
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    return build_cells(b, inputs, ops::gru, Cell::gru);
  }
};

}  // namespace

const LayerKind rnn = make_layer<Rnn>("rnn", 1, 2);
const LayerKind lstm = make_layer<Lstm>("lstm", 1, 2);
const LayerKind gru = make_layer<Gru>("gru", 1, 2);

}  // namespace trainyard::layers
