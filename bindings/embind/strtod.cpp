// strtod by the JavaScript engine, which rounds as IEEE 754 asks. libc's own computes with 128 bits: 4 kB of packed
// code for the few numbers with a fraction that JSON brings.
#include <emscripten/em_js.h>

#include <cstdlib>
#include <cstring>

// clang-format off
EM_JS(double, number_of, (const char* text, int length), {
  return Number(String.fromCharCode(...HEAPU8.subarray(text, text + length)));
});
// clang-format on

/// In place of strtod (the linker's --wrap), whose only caller is nlohmann's lexer: a JSON number, so no leading space,
/// no "inf", no hexadecimal.
extern "C" double __wrap_strtod(const char* text, char** end) {
  const std::size_t length = std::strspn(text, "+-.0123456789eE");
  *end = const_cast<char*>(text) + length;
  return number_of(text, static_cast<int>(length));
}
