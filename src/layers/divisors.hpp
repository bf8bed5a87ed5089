// What a hint offers where one number must divide another.
#pragma once
#include <cstdint>
#include <string>

namespace trainyard::layers {

/// "1, 2, 4": all that divides `n`.
[[nodiscard]] inline std::string divisors(std::int64_t n) {
  std::string list = "1";
  for (std::int64_t d = 2; d <= n; ++d) {
    if (n % d == 0) list += ", " + std::to_string(d);
  }
  return list;
}

}  // namespace trainyard::layers
