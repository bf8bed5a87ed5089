// Which register tile is the fastest where this runs.
#pragma once

namespace trainyard::kernels {

/// Takes the fastest of this build's register tiles from now on. Where a processor has the 16 vector registers that the
/// first one is made for (x86), or the build has one alone, nothing is measured; elsewhere that takes some
/// milliseconds. Call it before the first product.
void gemm_tune();

/// The fastest shape of tile (gemm_shapes), by products in the first caches for about so many milliseconds in all.
[[nodiscard]] int gemm_fastest_shape(double milliseconds);

}  // namespace trainyard::kernels
