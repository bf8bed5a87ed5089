// What an action throws, for tests of bad input.
#pragma once
#include <optional>

#include "core/error.hpp"

namespace trainyard {

/// The Error that `action` throws, or nothing. Another exception goes on: our code throws one class.
template <class F>
[[nodiscard]] std::optional<Error> error_of(const F& action) {
  try {
    action();
  } catch (const Error& e) {
    return e;
  }
  return std::nullopt;
}

}  // namespace trainyard
