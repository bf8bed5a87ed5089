#include "text/utf8.hpp"

#include <algorithm>

namespace trainyard {

Decoded decode_utf8(const char* p, const char* end) noexcept {
  const auto first = static_cast<unsigned char>(*p);
  if (first < 0x80) return {first, 1};
  if (first < 0xC2 || first > 0xF4) return {0, -1};
  const int size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  // The second byte's range shuts out what has a shorter form, surrogates, and what lies above U+10FFFF.
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  auto code = static_cast<char32_t>(first & (0x7F >> size));
  for (int i = 1; i < size; ++i) {
    if (p + i == end) return {0, 0};
    const auto next = static_cast<unsigned char>(p[i]);
    if (next < low || next > high) return {0, -1};
    low = 0x80;
    high = 0xBF;
    code = code << 6 | (next & 0x3F);
  }
  return {code, size};
}

void append_utf8(std::string& out, char32_t code) {
  const auto add = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      add(0xE0 | code >> 12);
    } else {
      add(0xF0 | code >> 18);
      add(0x80 | (code >> 12 & 0x3F));
    }
    add(0x80 | (code >> 6 & 0x3F));
  }
  add(0x80 | (code & 0x3F));
}

Error invalid_utf8(const std::string& path, std::uint64_t place, const char* p, const char* end) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string got;
  for (int i = 0; i < 4 && p + i < end; ++i) {
    const auto byte = static_cast<unsigned char>(p[i]);
    if (i > 0) got += ' ';
    got += digits[byte >> 4];
    got += digits[byte & 15];
  }
  return {ErrorCode::invalid_value, path + "[" + std::to_string(place) + "]", "UTF-8", got, {"not_utf8", ""}};
}

std::int64_t check_utf8(std::string_view text, const std::string& path) {
  const char* end = text.data() + text.size();
  std::int64_t count = 0;
  for (const char* p = text.data(); p < end; ++count) {
    const Decoded d = decode_utf8(p, end);
    if (d.size <= 0) throw invalid_utf8(path, static_cast<std::uint64_t>(p - text.data()), p, end);
    p += d.size;
  }
  return count;
}

}  // namespace trainyard
