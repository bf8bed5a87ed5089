// Attributes of attention, and how its operands lie.
#pragma once
#include <cstddef>
#include <cstdint>

#include "graph/stepping.hpp"

namespace trainyard::ops {

struct AttentionAttributes {
  std::int64_t heads = 1;
  std::int64_t kv_heads = 1;  ///< divides heads: that many queries' heads share one of keys and values
  bool causal = false;        ///< position i sees 0 … i
  double dropout = 0;         ///< of the weights
  bool weights = false;       ///< a third output: the weights
};

/// Where queries, keys and values are: in which input, from which column on, and how far positions lie apart.
struct Operands {
  struct Part {
    std::size_t input;
    std::int64_t column, step;
  };
  Part q, k, v;
  std::int64_t width, queries, keys;

  Operands(const AttentionAttributes& a, const ValueType& tq, const ValueType* tk, const ValueType* tv) {
    const std::int64_t first = tq.shape.back();
    width = first / (tk == nullptr ? a.heads + 2 * a.kv_heads : a.heads);
    queries = tq.shape[0];
    keys = tk == nullptr ? queries : tk->shape[0];
    q = {0, 0, first};
    k = tk == nullptr ? Part{0, a.heads * width, first} : Part{1, 0, tk->shape.back()};
    v = tv == nullptr ? Part{k.input, k.column + a.kv_heads * width, k.step} : Part{2, 0, tv->shape.back()};
  }
};

/// Step rule of attention: keys and values of earlier positions lie in memories.
void step_attention(Stepping& s);

}  // namespace trainyard::ops
