// What kind of character a code point is, by Unicode's tables.
#pragma once
#include <cstdint>

namespace trainyard {

/// Letters (L), numbers (N), white space, and all else.
enum class CharClass : std::uint8_t { other, letter, number, space };

[[nodiscard]] CharClass char_class(char32_t code) noexcept;

}  // namespace trainyard
