// Rotary positions (Su et al. 2021, arXiv:2104.09864): the two halves (a, b) of every head are turned by the position's
// angles, (a cos - b sin, b cos + a sin), as in Llama. x, y: [*, T, heads width]; table: [>= T, width], the cosines of
// the width / 2 angles of each position, then their sines.
#include "ops/rope.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/portable_math.hpp"
#include "ops/all.hpp"
#include "ops/common.hpp"
#include "simd/loop.hpp"

namespace trainyard::ops {
namespace {
namespace rope_op {

void infer(Inference& i) {
  const ValueType& x = i.in(0);
  const Shape& table = i.in(1).shape;
  const std::int64_t width = table.back();
  Inference::require_float(x);
  Inference::require(x.shape.rank() == 2 && x.shape[0] <= table[0] && x.shape[1] % width == 0 && width % 2 == 0,
                     "[*, <= " + std::to_string(table[0]) + ", n × " + std::to_string(width) + "]",
                     text(x.shape, x.batched));
  i.out(x);
}

template <class T>
void run(const Call& c, std::int64_t begin, std::int64_t end) {
  using V = simd::Vec<T>;
  const Shape& shape = c.in_type[0]->shape;
  const auto& a = c.attributes_as<RopeAttributes>();
  // Of a table as long as the sequence, or, where rows are positions, of all of them from the present one on.
  const std::int64_t positions = a.rows ? c.in_type[1]->shape[0] : shape[0];
  const std::int64_t width = c.in_type[1]->shape.back();
  const std::int64_t half = width / 2;
  const V sign(a.inverse ? T(-1) : T(1));
  const std::int64_t past = a.rows ? c.context->position + begin : 0;
  const auto [first, count] = elements(*c.in_type[0], begin, end);
  const T* x = c.input<T>(0) + first;
  T* y = c.output<T>(0) + first;
  if (x != y) std::copy_n(x, count, y);
  for (std::int64_t at = 0; at < count; at += width) {
    const T* cosines = c.input<T>(1) + (past + at / shape[1]) % positions * width;
    simd::sweep<T>(
        half,
        [sign](V& a, V& b, const V& cosine, const V& sine) {
          const V s = sign * sine;
          const V turned = a * cosine - b * s;
          b = b * cosine + a * s;
          a = turned;
        },
        y + at, y + at + half, cosines, cosines + half);
  }
}

void gradient(Gradient& g) {
  RopeAttributes a = g.attributes().as<RopeAttributes>();
  a.inverse = !a.inverse;
  g.set(0, g.add(rope, {g.d(), g.in(1)}, Attributes(a)));
}

void step(Stepping& s) {
  if (s.axis(0) != 0) s.refuse();
  RopeAttributes a = s.attributes().as<RopeAttributes>();
  a.rows = true;
  s.bound();
  s.itself(0, Attributes(a));
}

}  // namespace rope_op
}  // namespace

ValueId rope_table(Graph& graph, std::int64_t positions, std::int64_t width, double base) {
  const std::string name = "rope " + std::to_string(base);
  const Shape shape{positions, width};
  if (const ValueId known = graph.find_constant(name, shape); known.valid()) return known;
  std::vector<float> numbers;
  numbers.reserve(static_cast<std::size_t>(shape.size()));
  constexpr double quarter = 1.5707963267948966;
  for (std::int64_t position = 0; position < positions; ++position) {
    for (const double shift : {0.0, quarter}) {  // sin x = cos(x - pi / 2)
      for (std::int64_t i = 0; i < width / 2; ++i) {
        const double slower =
            portable::exp(-2.0 * static_cast<double>(i) / static_cast<double>(width) * portable::log(base));
        numbers.push_back(static_cast<float>(portable::cos(static_cast<double>(position) * slower - shift)));
      }
    }
  }
  return graph.constant(name, shape, std::move(numbers));
}

const Op rope{.name = "rope",
              .infer = rope_op::infer,
              .run = TRAINYARD_KERNELS(rope_op::run),
              .work = [](const CallTypes& t) { return by_rows(t, 3); },
              .gradient = rope_op::gradient,
              .step = rope_op::step,
              .in_place = 0,
              .onnx = "RotaryEmbedding"};

}  // namespace trainyard::ops
