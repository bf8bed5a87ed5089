#include "core/suggest.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>
#include <vector>

namespace trainyard {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

bool begins(std::string_view text, std::string_view prefix) {
  return prefix.size() >= 3 && text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower, lower);
}

}  // namespace

std::string nearest(std::string_view name, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t least = 1000;
  for (const std::string_view k : known) {
    std::size_t d = distance(name.substr(0, 64), k);
    if (begins(k, name) || begins(name, k)) d = std::min<std::size_t>(d, 1);
    if (d < least && (d <= 1 || 3 * d <= std::max(name.size(), k.size()))) {
      least = d;
      best = k;
    }
  }
  return std::string(best);
}

std::string list_text(std::span<const std::string_view> names) {
  std::string s;
  for (const std::string_view n : names) s += (s.empty() ? "" : ", ") + std::string(n);
  return s;
}

Error unknown_name(ErrorCode code, std::string path, std::string_view name, std::span<const std::string_view> known) {
  Hint hint;
  if (std::string n = nearest(name, known); !n.empty()) hint = {"did_you_mean", std::move(n)};
  return {code, std::move(path), list_text(known), std::string(name.substr(0, 60)), std::move(hint)};
}

}  // namespace trainyard
