// How much memory there can be at most, so that what cannot fit is refused before it is asked for.
#pragma once
#include <cstdint>
#include <string>

namespace trainyard {

/// Bytes: of the WebAssembly memory's maximum, or of the machine's memory.
[[nodiscard]] std::uint64_t memory_limit();

/// Throws OUT_OF_MEMORY (path: what) if `bytes` is above the limit.
void require_memory(std::uint64_t bytes, const std::string& what, std::uint64_t limit = memory_limit());

}  // namespace trainyard
