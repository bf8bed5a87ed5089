// GPT-2's way to write bytes as visible characters (Radford et al. 2019, `bytes_to_unicode`): those that can be seen in
// Latin-1 stand for themselves, the others for U+0100 and on. A space is "Ġ".
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard {

/// Bytes as text.
[[nodiscard]] std::string visible(std::string_view bytes);
/// And back; nothing if a character stands for no byte.
[[nodiscard]] std::optional<std::string> from_visible(std::string_view text);
/// The 256 bytes in the order of what they are written as: the first tokens of every byte-pair vocabulary.
[[nodiscard]] std::vector<std::string> byte_tokens();

}  // namespace trainyard
