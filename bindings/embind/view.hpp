// Arrays on their way out: the engine's numbers as a typed array over its memory, which is not copied.
#pragma once
#include <emscripten/bind.h>

#include <cstdint>
#include <type_traits>

namespace trainyard::bindings {

/// Of a vector, or of a text's bytes.
template <class Numbers>
emscripten::val view(const Numbers& numbers) {
  using Number = std::remove_cvref_t<decltype(*numbers.data())>;
  using T = std::conditional_t<sizeof(Number) == 1, std::uint8_t, Number>;
  return emscripten::val(emscripten::typed_memory_view(numbers.size(), reinterpret_cast<const T*>(numbers.data())));
}

}  // namespace trainyard::bindings
