#include "text/characters.hpp"

#include <algorithm>
#include <array>

#include "text/unicode_runs.hpp"

namespace trainyard {
namespace {

/// Where each run begins, and its class.
struct Runs {
  std::array<char32_t, unicode_run_count> starts{};
  std::array<CharClass, unicode_run_count> kinds{};

  Runs() {
    char32_t code = 0;
    const std::uint8_t* p = unicode_runs;
    for (std::size_t i = 0; i < starts.size(); ++i) {
      std::uint32_t value = 0;
      for (int shift = 0;; shift += 7, ++p) {
        value |= static_cast<std::uint32_t>(*p & 0x7F) << shift;
        if (*p < 0x80) break;
      }
      ++p;
      starts[i] = code;
      kinds[i] = static_cast<CharClass>(value & 3);
      code += value >> 2;
    }
  }
};

}  // namespace

CharClass char_class(char32_t code) noexcept {
  if ((code >= 'a' && code <= 'z') || (code >= 0x4E00 && code <= 0x9FFF)) return CharClass::letter;
  static const Runs runs;
  const auto after = std::ranges::upper_bound(runs.starts, code);
  return runs.kinds[static_cast<std::size_t>(after - runs.starts.begin()) - 1];
}

}  // namespace trainyard
