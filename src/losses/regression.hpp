// What losses between numbers share: prediction and target of one shape.
#pragma once
#include "core/error.hpp"
#include "losses/loss.hpp"

namespace trainyard::losses {

class DenseLoss : public Loss {
 public:
  [[nodiscard]] ValueType target(const ValueType& output, const ValueType& data) const override {
    // [*] and [*, 1] are the same numbers.
    if (data.shape.size() == output.shape.size()) return {.shape = output.shape};
    throw Error(ErrorCode::shape_mismatch, "target", text(output.shape, true), text(data.shape, true),
                {"target_shape", ""});
  }
};

}  // namespace trainyard::losses
