// Clipping by the global norm of the gradient, as torch.nn.utils.clip_grad_norm_ (Pascanu et al. 2013).
#pragma once
#include <cstdint>

namespace trainyard {

/// Squared norms are summed in blocks of this many elements, so that a cut between threads never changes bits.
inline constexpr std::int64_t norm_block = 4096;

[[nodiscard]] constexpr std::int64_t norm_blocks(std::int64_t count) { return (count + norm_block - 1) / norm_block; }

/// partial[b] = sum of squares of block b of x[0, count), for b in [first, last). In double, in a fixed order.
/// T: float or double.
template <class T>
void squared_norms(const T* x, std::int64_t count, std::int64_t first, std::int64_t last, double* partial) noexcept;

/// What the gradient is multiplied by: min(1, max_norm / (norm + 1e-6)). `squared_norm` is the sum of all partials, in
/// order; `max_norm` <= 0 means no clipping.
[[nodiscard]] double clip_scale(double squared_norm, double max_norm) noexcept;

}  // namespace trainyard
