#include "core/error.hpp"

#include <array>
#include <utility>

namespace trainyard {

std::string_view name(ErrorCode code) noexcept {
  static constexpr std::array names{
#define X(id, text) std::string_view(text),
      TRAINYARD_ERROR_CODES(X)
#undef X
  };
  return names[static_cast<std::size_t>(code)];
}

Error::Error(ErrorCode code_, std::string path_, std::string expected_, std::string got_, Hint hint_)
    : code(code_),
      path(std::move(path_)),
      expected(std::move(expected_)),
      got(std::move(got_)),
      hint(std::move(hint_)) {
  message_ = std::string(name(code));
  if (!path.empty()) message_ += " at " + path;
  if (!expected.empty()) message_ += ": expected " + expected;
  if (!got.empty()) message_ += (expected.empty() ? ": got " : ", got ") + got;
  if (!hint.key.empty())
    message_ += " (" + std::string(hint.key) + (hint.argument.empty() ? "" : ": " + hint.argument) + ")";
}

}  // namespace trainyard
