// Counts what the program allocates. A sanitizer (of clang, which builds those presets) has an allocator of its own and
// tells of every call; otherwise the program's allocator is replaced.
#include "support/allocations.hpp"

#include <cstdlib>
#include <new>

std::atomic<std::int64_t> trainyard::allocations{0};

#if defined(__has_feature)  // clang's way of telling
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TRAINYARD_SANITIZED
#endif
#endif

#ifdef TRAINYARD_SANITIZED

extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*, std::size_t),
                                                         void (*on_free)(const volatile void*));
namespace {
[[maybe_unused]] const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++trainyard::allocations; }, [](const volatile void*) {});
}  // namespace

#else

namespace {
/// Not inlined: where g++ sees both ends it takes malloc under `new` for a mistake.
[[gnu::noinline]] void give_back(void* p) noexcept { std::free(p); }  // NOLINT(cppcoreguidelines-no-malloc)
}  // namespace

void* operator new(std::size_t bytes) {
  ++trainyard::allocations;
  if (void* p = std::malloc(bytes)) return p;  // NOLINT(cppcoreguidelines-no-malloc)
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, std::align_val_t align) {
  ++trainyard::allocations;
  const auto a = static_cast<std::size_t>(align);
  if (void* p = std::aligned_alloc(a, (bytes + a - 1) / a * a)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { give_back(p); }
void operator delete(void* p, std::size_t) noexcept { give_back(p); }
void operator delete(void* p, std::align_val_t) noexcept { give_back(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { give_back(p); }

#endif
