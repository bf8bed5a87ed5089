#include "core/memory.hpp"

#include "core/error.hpp"
#ifdef __EMSCRIPTEN__
#include <emscripten/heap.h>
#else
#include <unistd.h>
#endif

namespace trainyard {

std::uint64_t memory_limit() {
#ifdef __EMSCRIPTEN__
  return emscripten_get_heap_max();
#else
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
#endif
}

void require_memory(std::uint64_t bytes, const std::string& what, std::uint64_t limit) {
  if (bytes > limit) {
    throw Error(ErrorCode::out_of_memory, what, "<= " + std::to_string(limit) + " B", std::to_string(bytes) + " B",
                {"smaller", ""});
  }
}

}  // namespace trainyard
