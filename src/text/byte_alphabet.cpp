#include "text/byte_alphabet.hpp"

#include <array>

#include "text/utf8.hpp"

namespace trainyard {
namespace {

constexpr bool is_visible(unsigned byte) { return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD); }

struct Alphabet {
  std::array<char32_t, 256> code{};        ///< of a byte
  std::array<std::int16_t, 0x144> byte{};  ///< of a code point, or -1

  constexpr Alphabet() {
    byte.fill(-1);
    char32_t next = 0x100;
    for (unsigned b = 0; b < 256; ++b) {
      code[b] = is_visible(b) ? b : next++;
      byte[code[b]] = static_cast<std::int16_t>(b);
    }
  }
};

constexpr Alphabet alphabet;

}  // namespace

std::string visible(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) append_utf8(text, alphabet.code[static_cast<unsigned char>(c)]);
  return text;
}

std::optional<std::string> from_visible(std::string_view text) {
  std::string bytes;
  const char* end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const Decoded d = decode_utf8(p, end);
    if (d.size <= 0 || d.code >= alphabet.byte.size() || alphabet.byte[d.code] < 0) return std::nullopt;
    bytes += static_cast<char>(alphabet.byte[d.code]);
    p += d.size;
  }
  return bytes;
}

std::vector<std::string> byte_tokens() {
  std::vector<std::string> tokens;
  for (const std::int16_t byte : alphabet.byte) {
    if (byte >= 0) tokens.emplace_back(1, static_cast<char>(byte));
  }
  return tokens;
}

}  // namespace trainyard
