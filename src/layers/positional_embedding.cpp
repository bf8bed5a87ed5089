// y = x + positions: a learned vector for each place (parameter: weight [context, C]), or the sines and cosines of
// Vaswani et al. 2017 (arXiv:1706.03762): at position p, sin(p / 10000^(2 i / C)) in column 2 i and the cosine in the
// next. x: [*, T, C], T at most the context.
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/portable_math.hpp"
#include "layers/all.hpp"
#include "ops/all.hpp"
#include "ops/shaping.hpp"

namespace trainyard::layers {
namespace {

ValueId sinusoids(Graph& graph, std::int64_t positions, std::int64_t width) {
  std::vector<float> numbers;
  numbers.reserve(static_cast<std::size_t>(positions * width));
  constexpr double quarter = 1.5707963267948966;
  const double slower = -portable::log(10000.0) / static_cast<double>(width);
  std::vector<double> speeds;  // of a pair of columns
  for (std::int64_t i = 0; i < width; i += 2) speeds.push_back(portable::exp(slower * static_cast<double>(i)));
  for (std::int64_t p = 0; p < positions; ++p) {
    for (std::int64_t i = 0; i < width; ++i) {
      const double angle = static_cast<double>(p) * speeds[static_cast<std::size_t>(i / 2)];
      numbers.push_back(static_cast<float>(portable::cos(i % 2 == 0 ? angle - quarter : angle)));
    }
  }
  return graph.constant("sinusoids", {positions, width}, std::move(numbers));
}

struct PositionalEmbedding {
  std::int64_t context = 0;
  std::string kind = "learned";
  Json weight_init;

  template <class V>
  void visit(V& v) {
    v.required("context", context, at_least_one);
    v("kind", kind, Choices{"learned", "sinusoidal"});
    if (const Json* w = v.raw("weightInit")) weight_init = *w;
  }

  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const Shape shape = b.graph().type(inputs[0]).shape;
    Inference::require(shape.rank() == 2, "[*, positions, features]", text(shape, true));
    Inference::require(shape[0] <= context, "[*, <= " + std::to_string(context) + ", " + std::to_string(shape[1]) + "]",
                       text(shape, true), {"longer_context", std::to_string(context)});
    if (kind == "sinusoidal") return b.graph().add(ops::add, {inputs[0], sinusoids(b.graph(), shape[0], shape[1])});
    ValueId weight = b.parameter({.name = "weight",
                                  .shape = {context, shape[1]},
                                  .initializer = weight_init.is_null() ? Json("normal") : weight_init,
                                  .fan_in = context,
                                  .fan_out = shape[1]});
    if (shape[0] < context) {
      ops::SliceAttributes first;
      first.axis = 0;
      first.length = shape[0];
      weight = b.graph().add(ops::slice, {weight}, Attributes(first));
    }
    return b.graph().add(ops::add, {inputs[0], weight});
  }
};

}  // namespace

const LayerKind positionalEmbedding = make_layer<PositionalEmbedding>("positionalEmbedding");

}  // namespace trainyard::layers
