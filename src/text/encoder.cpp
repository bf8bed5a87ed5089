#include "text/encoder.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace trainyard {
namespace {

constexpr std::size_t most_known_bytes = 1 << 20;
constexpr std::size_t longest_known = 64;

std::uint64_t candidate(std::uint32_t rank, std::int32_t place) {
  return std::uint64_t{rank} << 32 | static_cast<std::uint32_t>(place);
}

}  // namespace

Encoder::Encoder(std::shared_ptr<const Tokenizer> tokenizer)
    : tokenizer_(std::move(tokenizer)),
      pieces_(tokenizer_->kind() == Tokenizer::Kind::byte_pairs, tokenizer_->added()) {}

void Encoder::feed(std::span<const std::byte> chunk, Tape& to) {
  if (chunk.empty()) return;
  if (!begun_ && tokenizer_->prefix_space() && chunk[0] != std::byte{' '}) pieces_.prefix_space();
  begun_ = true;
  pieces_.feed(chunk);
  drain(to);
}

void Encoder::finish(Tape& to) {
  pieces_.end();
  drain(to);
}

void Encoder::drain(Tape& to) {
  const bool characters = tokenizer_->kind() == Tokenizer::Kind::characters;
  for (Piece piece; pieces_.next(piece);) {
    if (piece.added >= 0) {
      to.push(piece.added);
    } else if (characters) {
      encode_character(piece, to);
    } else {
      encode_word(piece, to);
    }
  }
}

void Encoder::refuse(std::string_view character, std::uint64_t place) {
  throw Error(ErrorCode::invalid_value, "text[" + std::to_string(place) + "]", "", std::string(character),
              {"unknown_character", std::string(character)});
}

void Encoder::encode_character(const Piece& piece, Tape& to) const {
  std::int32_t id = piece.text.size() == 1 ? tokenizer_->byte_token(static_cast<unsigned char>(piece.text[0]))
                                           : tokenizer_->find(piece.text);
  if (id < 0) id = tokenizer_->unknown();
  if (id < 0) refuse(piece.text, piece.place);
  to.push(id);
}

void Encoder::encode_word(const Piece& piece, Tape& to) {
  if (tokenizer_->whole_words()) {
    if (const std::int32_t id = tokenizer_->find(piece.text); id >= 0) return to.push(id);
  }
  if (const std::int32_t word = words_.find(piece.text); word >= 0) {
    const Known& known = known_[static_cast<std::size_t>(word)];
    for (std::uint32_t i = 0; i < known.count; ++i) to.push(ids_[known.start + i]);
    return;
  }
  merge_word(piece);
  for (const std::int32_t id : merged_) to.push(id);
  if (piece.text.size() > longest_known) return;
  if (words_.bytes() > most_known_bytes) {
    words_.clear();
    known_.clear();
    ids_.clear();
  }
  words_.add(piece.text);
  known_.push_back({static_cast<std::uint32_t>(ids_.size()), static_cast<std::uint32_t>(merged_.size())});
  ids_.insert(ids_.end(), merged_.begin(), merged_.end());
}

// Always the merge of the lowest rank, of equal ones the first (Sennrich, Haddow & Birch 2016). The symbols are a
// linked list; a candidate of the heap whose neighbours have changed since has another rank and is passed over.
void Encoder::merge_word(const Piece& piece) {
  symbols_.clear();
  heap_.clear();
  merged_.clear();
  const auto count = static_cast<std::int32_t>(piece.text.size());
  for (std::int32_t i = 0; i < count; ++i) {
    const char c = piece.text[static_cast<std::size_t>(i)];
    std::int32_t id = tokenizer_->byte_token(static_cast<unsigned char>(c));
    if (id < 0) id = tokenizer_->unknown();
    if (id < 0) refuse(std::string_view(&c, 1), piece.place + static_cast<std::uint64_t>(i));
    symbols_.push_back({id, i - 1, i + 1 < count ? i + 1 : -1});
  }
  const auto at = [&](std::int32_t i) -> Symbol& { return symbols_[static_cast<std::size_t>(i)]; };
  const auto rank_at = [&](std::int32_t i) {
    const bool gone = i < 0 || at(i).id < 0 || at(i).next < 0;
    return gone ? PairTable::none : tokenizer_->rank(at(i).id, at(at(i).next).id);
  };
  const auto propose = [&](std::int32_t i) {
    const std::uint32_t rank = rank_at(i);
    if (rank == PairTable::none) return;
    heap_.push_back(candidate(rank, i));
    std::ranges::push_heap(heap_, std::greater{});
  };
  for (std::int32_t i = 0; i < count; ++i) propose(i);
  while (!heap_.empty()) {
    std::ranges::pop_heap(heap_, std::greater{});
    const std::uint64_t best = heap_.back();
    heap_.pop_back();
    const auto rank = static_cast<std::uint32_t>(best >> 32);
    const auto i = static_cast<std::int32_t>(best & 0xFFFFFFFFu);
    if (rank_at(i) != rank) continue;
    Symbol& right = at(at(i).next);
    at(i).id = tokenizer_->merges()[rank].result;
    at(i).next = right.next;
    right.id = -1;
    if (right.next >= 0) at(right.next).previous = i;
    propose(at(i).previous);
    propose(i);
  }
  for (std::int32_t i = 0; i >= 0; i = at(i).next) merged_.push_back(at(i).id);
}

std::vector<std::int32_t> encode(std::shared_ptr<const Tokenizer> tokenizer, std::string_view text) {
  Tape tape(tokenizer->size());
  Encoder encoder(std::move(tokenizer));
  encoder.feed(std::as_bytes(std::span(text)), tape);
  encoder.finish(tape);
  std::vector<std::int32_t> ids(static_cast<std::size_t>(tape.size()));
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = tape[static_cast<std::int64_t>(i)];
  return ids;
}

}  // namespace trainyard
