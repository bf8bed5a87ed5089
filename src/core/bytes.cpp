#include "core/bytes.hpp"

#include <cstring>
#include <new>
#include <string>

#include "core/error.hpp"

namespace trainyard {
namespace {

constexpr std::align_val_t cache_line{64};

void release(std::byte* data) { ::operator delete(data, cache_line); }

}  // namespace

Bytes Bytes::allocate(std::size_t size) {
  void* data = ::operator new(size, cache_line, std::nothrow);
  if (data == nullptr) throw Error(ErrorCode::out_of_memory, "", "", std::to_string(size));
  return adopt(static_cast<std::byte*>(data), size, release);
}

Bytes Bytes::copy(std::span<const std::byte> bytes) {
  Bytes result = allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(result.data(), bytes.data(), bytes.size());
  return result;
}

}  // namespace trainyard
