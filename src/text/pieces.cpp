#include "text/pieces.hpp"

#include <algorithm>

namespace trainyard {
namespace {

constexpr std::ptrdiff_t longest_word = 1 << 16;

}  // namespace

Pieces::Pieces(bool words, std::span<const AddedToken> added) : words_(words), added_(added) {
  for (const AddedToken& token : added) starts_[static_cast<unsigned char>(token.text[0])] = true;
}

void Pieces::feed(std::span<const std::byte> chunk) {
  base_ += at_;
  pending_.erase(0, at_);
  at_ = 0;
  known_ = false;
  pending_.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
}

const AddedToken* Pieces::added_at(std::size_t at, bool& cut) const {
  const AddedToken* longest = nullptr;
  const std::string_view rest = std::string_view(pending_).substr(at);
  for (const AddedToken& token : added_) {
    if (rest.starts_with(token.text)) {
      if (longest == nullptr || token.text.size() > longest->text.size()) longest = &token;
    } else if (!ended_ && token.text.starts_with(rest)) {
      cut = true;
    }
  }
  return longest;
}

void Pieces::find_stretch() {
  known_ = true;
  stop_ = nullptr;
  stretch_ = pending_.size();
  closed_ = ended_;
  if (added_.empty()) return;
  for (std::size_t i = at_; i < pending_.size(); ++i) {
    if (!starts_[static_cast<unsigned char>(pending_[i])]) continue;
    bool cut = false;
    const AddedToken* found = added_at(i, cut);
    if (!cut && found == nullptr) continue;
    stop_ = cut ? nullptr : found;
    stretch_ = i;
    closed_ = !cut;
    return;
  }
}

bool Pieces::next(Piece& piece) {
  if (!known_) find_stretch();
  piece.place = base_ + at_;
  piece.added = -1;
  std::size_t size = 0;
  if (at_ < stretch_) {
    size = measure();
    if (size == 0) return false;
  } else if (stop_ != nullptr) {
    size = stop_->text.size();
    piece.added = stop_->id;
    known_ = false;
  } else {
    return false;
  }
  piece.text = std::string_view(pending_).substr(at_, size);
  at_ += size;
  return true;
}

Decoded Pieces::decode(const char* p, const char* end) const {
  const Decoded d = decode_utf8(p, end);
  if (d.size > 0 || (d.size == 0 && !closed_)) return d;
  throw invalid_utf8("text", base_ + static_cast<std::uint64_t>(p - pending_.data()), p, end);
}

std::size_t Pieces::measure() const {
  const char* begin = pending_.data() + at_;
  const char* end = pending_.data() + stretch_;
  return words_ ? measure_word(begin, end) : static_cast<std::size_t>(decode(begin, end).size);
}

const char* Pieces::run(const char* p, const char* end, CharClass kind, const char** last) const {
  const char* begin = p;
  while (p < end) {
    const Decoded d = decode(p, end);
    if (d.size == 0) return nullptr;
    if (char_class(d.code) != kind || p - begin >= longest_word) return p;
    *last = p;
    p += d.size;
  }
  return closed_ ? p : nullptr;
}

std::size_t Pieces::measure_word(const char* begin, const char* end) const {
  const auto length = [&](const char* p) { return p == nullptr ? 0 : static_cast<std::size_t>(p - begin); };
  const std::ptrdiff_t left = end - begin;
  if (*begin == '\'') {
    const char second = left > 1 ? begin[1] : '\0';
    if (second == 's' || second == 't' || second == 'm' || second == 'd') return 2;
    const char third = left > 2 ? begin[2] : '\0';
    if (((second == 'r' || second == 'v') && third == 'e') || (second == 'l' && third == 'l')) return 3;
    const bool starts = second == 'r' || second == 'v' || second == 'l';
    if (!closed_ && (left == 1 || (left == 2 && starts))) return 0;
  }
  // One space belongs to the word behind it.
  const char* p = begin + (*begin == ' ' ? 1 : 0);
  if (p == end) return closed_ ? 1 : 0;
  const Decoded d = decode(p, end);
  if (d.size == 0) return 0;
  const CharClass kind = char_class(d.code);
  const char* last = begin;
  if (kind != CharClass::space) return length(run(p, end, kind, &last));
  p = run(begin, end, CharClass::space, &last);
  // Of several spaces before a word the last one is left to it.
  const bool before_word = p != nullptr && p < end && last > begin;
  return length(before_word ? last : p);
}

}  // namespace trainyard
