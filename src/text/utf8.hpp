// UTF-8, strictly (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace trainyard {

struct Decoded {
  char32_t code = 0;
  int size = 0;  ///< bytes read; 0: the text ends inside the character; -1: no UTF-8
};

/// The character at `p`, which lies before `end`.
[[nodiscard]] Decoded decode_utf8(const char* p, const char* end) noexcept;

void append_utf8(std::string& out, char32_t code);

/// The error of text that is no UTF-8 from `p` on: INVALID_VALUE with the path "text[17]", a place in bytes.
[[nodiscard]] Error invalid_utf8(const std::string& path, std::uint64_t place, const char* p, const char* end);

/// Throws INVALID_VALUE at the first byte that is none; returns how many characters there are.
std::int64_t check_utf8(std::string_view text, const std::string& path);

}  // namespace trainyard
