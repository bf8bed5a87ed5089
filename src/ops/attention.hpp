// Attributes of attention, and how its operands lie.
#pragma once
#include <cstdint>

namespace trainyard::ops {

struct AttentionAttributes {
  std::int64_t heads = 1;
  std::int64_t kv_heads = 1;  ///< divides heads: that many queries' heads share one of keys and values
  bool causal = false;        ///< position i sees 0 … i
  double dropout = 0;         ///< of the weights
  bool weights = false;       ///< a third output: the weights
};

}  // namespace trainyard::ops
