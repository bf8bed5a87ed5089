// Arrays on their way in: JavaScript asks for room, copies into it, and hands the address to a call that takes it over
// or only reads it. The sizes are kept here, so that no call can read past the end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "core/bytes.hpp"
#include "core/error.hpp"

namespace trainyard::bindings {

/// An address as JavaScript sees it.
using Pointer = std::uint32_t;

class Buffers {
 public:
  Pointer allocate(std::size_t size) {
    Bytes bytes = Bytes::allocate(size);
    const auto pointer = static_cast<Pointer>(reinterpret_cast<std::uintptr_t>(bytes.data()));
    held_[pointer] = std::move(bytes);
    return pointer;
  }
  /// Frees it, unless a call has taken it over.
  void release(Pointer pointer) { held_.erase(pointer); }

  /// Takes a buffer over.
  [[nodiscard]] Bytes take(Pointer pointer) {
    const auto it = find(pointer);
    Bytes bytes = std::move(it->second);
    held_.erase(it);
    return bytes;
  }
  [[nodiscard]] std::span<const std::byte> read(Pointer pointer) { return std::as_const(find(pointer)->second).span(); }

 private:
  std::unordered_map<Pointer, Bytes>::iterator find(Pointer pointer) {
    const auto it = held_.find(pointer);
    if (it == held_.end()) throw Error(ErrorCode::internal, "buffer", "", std::to_string(pointer));
    return it;
  }

  std::unordered_map<Pointer, Bytes> held_;
};

}  // namespace trainyard::bindings
