// Layers of several inputs, for described graphs: add, mul, concat.
#include <vector>

#include "layers/all.hpp"
#include "layers/axis.hpp"
#include "ops/all.hpp"
#include "ops/shaping.hpp"

namespace trainyard::layers {
namespace {

/// All inputs with images lying one way in memory.
std::vector<ValueId> alike(LayerBuilder& b, std::span<const ValueId> inputs) {
  bool last = false;
  for (const ValueId v : inputs) last = last || b.graph().type(v).layout == Layout::channels_last;
  std::vector<ValueId> all;
  for (const ValueId v : inputs) {
    const bool is_image = b.graph().type(v).shape.rank() == 3;
    all.push_back(last && is_image ? b.graph().channels_last(v) : v);
  }
  return all;
}

template <const Op& O>
struct Fold {
  template <class V>
  void visit(V& /*v*/) {}
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const std::vector<ValueId> all = alike(b, inputs);
    ValueId sum = all[0];
    for (std::size_t i = 1; i < all.size(); ++i) sum = b.graph().add(O, {sum, all[i]});
    return sum;
  }
};

struct Concat {
  std::int64_t axis = 0;
  template <class V>
  void visit(V& v) {
    v("axis", axis);
  }
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const std::vector<ValueId> all = alike(b, inputs);
    ops::AxisAttributes a;
    a.axis = axis_of(b, b.graph().type(all[0]).shape, axis);
    // The op takes max_inputs values at a time.
    std::vector<ValueId> left = all;
    while (left.size() > 1) {
      std::vector<ValueId> joined;
      for (std::size_t i = 0; i < left.size(); i += max_inputs) {
        const auto part = std::span(left).subspan(i, std::min(max_inputs, left.size() - i));
        joined.push_back(part.size() == 1 ? part[0] : b.graph().add(ops::concat, part, Attributes(a)));
      }
      left = std::move(joined);
    }
    return left.front();
  }
};

constexpr int many = 1000;

}  // namespace

const LayerKind add = make_layer<Fold<ops::add>>("add", 2, many);
const LayerKind mul = make_layer<Fold<ops::mul>>("mul", 2, many);
const LayerKind concat = make_layer<Concat>("concat", 1, many);

}  // namespace trainyard::layers
