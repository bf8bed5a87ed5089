#include "text/word_table.hpp"

#include "core/random.hpp"

namespace trainyard {

std::size_t WordTable::slot(std::string_view word) const {
  const std::uint64_t hash = stream(word);
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = static_cast<std::size_t>(hash ^ (hash >> 32)) & mask;
  while (slots_[i] >= 0 && (*this)[slots_[i]] != word) i = (i + 1) & mask;
  return i;
}

std::int32_t WordTable::find(std::string_view word) const { return slots_[slot(word)]; }

std::int32_t WordTable::add(std::string_view word) {
  std::size_t i = slot(word);
  if (slots_[i] >= 0) return slots_[i];
  bytes_ += word;
  starts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  const std::int32_t number = size() - 1;
  if (starts_.size() * 2 > slots_.size()) {
    slots_.assign(slots_.size() * 2, -1);
    for (std::int32_t k = 0; k < number; ++k) slots_[slot((*this)[k])] = k;
    i = slot((*this)[number]);
  }
  slots_[i] = number;
  return number;
}

}  // namespace trainyard
