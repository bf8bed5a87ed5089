// Typed indices: a number that says what it counts.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>

namespace trainyard {

template <class Tag>
struct Id {
  std::int32_t value = -1;
  [[nodiscard]] constexpr bool valid() const { return value >= 0; }
  [[nodiscard]] constexpr std::size_t index() const { return static_cast<std::size_t>(value); }
  constexpr auto operator<=>(const Id&) const = default;
};

using ValueId = Id<struct ValueTag>;
using NodeId = Id<struct NodeTag>;
using ParamId = Id<struct ParamTag>;

}  // namespace trainyard
