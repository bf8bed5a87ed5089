#include "text/tokenizer.hpp"

#include <gtest/gtest.h>

#include "golden/golden.hpp"
#include "support/errors.hpp"
#include "text/texts.hpp"

namespace trainyard {
namespace {

TEST(CharTokenizer, HasTheCharactersSorted) {
  const auto tokenizer = char_tokenizer("b明a🙂b\n");
  std::vector<std::string> tokens;
  for (std::int32_t id = 0; id < tokenizer->size(); ++id) tokens.emplace_back(tokenizer->token(id));
  EXPECT_EQ(tokens, (std::vector<std::string>{"\n", "a", "b", "明", "🙂"}));
  EXPECT_EQ(encode(tokenizer, "ab明"), (Ids{1, 2, 3}));
  EXPECT_EQ(tokenizer->decode(Ids{4, 0, 3}), "🙂\n明");
}

TEST(CharTokenizer, ZeroAndByteOrderMarkAreCharactersToo) {
  const std::string text(
      "\xEF\xBB\xBF"
      "a\0b",
      6);
  const auto tokenizer = char_tokenizer(text);
  EXPECT_EQ(tokenizer->size(), 4);
  EXPECT_EQ(tokenizer->decode(encode(tokenizer, text)), text);
}

TEST(CharTokenizer, RefusesWhatItDoesNotKnowUnlessItHasAToken) {
  const auto error = error_of([] { (void)encode(char_tokenizer("明月"), "明é月"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::invalid_value);
  EXPECT_EQ(error->path, "text[3]");
  EXPECT_EQ(error->got, "é");
  EXPECT_EQ(error->hint.key, "unknown_character");
  const auto tolerant = char_tokenizer("明月", "<unk>");
  EXPECT_EQ(tolerant->size(), 3);
  EXPECT_EQ(encode(tolerant, "明é月"), (Ids{0, 2, 1}));
}

TEST(CharTokenizer, AnEmptyTextIsRefused) {
  for (const char* type : {"char", "bpe"}) {
    Json options = Json::object();
    options["type"] = type;
    const auto error = error_of([&] { (void)train_tokenizer(options, ""); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::empty_data);
    EXPECT_EQ(error->path, "text");
  }
}

TEST(Tokenizer, OptionsAreChecked) {
  const auto refused = [](const char* json) {
    return error_of([&] { (void)make_trainer(parse_json(json, ""), "tokenizer"); }).value().path;
  };
  EXPECT_EQ(refused("{}"), "tokenizer.type");
  EXPECT_EQ(refused(R"({"type": "words"})"), "tokenizer.type");
  EXPECT_EQ(refused(R"({"type": 3})"), "tokenizer.type");
  EXPECT_EQ(refused(R"({"type": "bpe", "vocab": 255})"), "tokenizer.vocab");
  EXPECT_EQ(refused(R"({"type": "char", "vocab": 300})"), "tokenizer.vocab");
}

TEST(Tokenizer, IdsOutsideAreRefused) {
  for (const std::int32_t id : {-1, 2}) {
    EXPECT_EQ(error_of([&] { (void)char_tokenizer("ab")->decode(Ids{0, id}); })->path, "ids[1]");
  }
}

std::vector<std::string> words_of(const std::string& text, std::size_t size) {
  Pieces pieces(true, {});
  std::vector<std::string> words;
  const auto drain = [&] {
    for (Piece piece; pieces.next(piece);) words.emplace_back(piece.text);
  };
  for (std::size_t i = 0; i < text.size(); i += size) {
    pieces.feed(bytes_of(std::string_view(text).substr(i, size)));
    drain();
  }
  pieces.end();
  drain();
  return words;
}

/// Words, merges and ids of a trainer and an encoder in plain Python (tests/golden/text.py).
TEST(BytePairs, AreThoseOfTheReference) {
  const Json golden = golden::read_json(std::string(golden::folder) + "/text.json");
  const auto held_out = golden.at("heldOut").get<std::string>();
  for (const Json& c : golden.at("cases")) {
    const auto name = c.at("name").get<std::string>();
    const auto text = c.at("text").get<std::string>();
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, text.size()}) {
      EXPECT_EQ(words_of(text, size), c.at("words").get<std::vector<std::string>>()) << name << " " << size;
    }
    const auto tokenizer = byte_pairs(text, c.at("vocab").get<std::int64_t>());
    EXPECT_EQ(tokenizer->size(), c.at("size").get<std::int32_t>()) << name;
    std::vector<Ids> merges;
    for (const Merge& m : tokenizer->merges()) merges.push_back({m.left, m.right});
    EXPECT_EQ(merges, c.at("merges").get<std::vector<Ids>>()) << name;
    EXPECT_EQ(encode(tokenizer, text), c.at("ids").get<Ids>()) << name;
    EXPECT_EQ(encode(tokenizer, held_out), c.at("heldOut").get<Ids>()) << name;
    for (const std::size_t size : {1, 3, 16}) {
      EXPECT_EQ(in_chunks(tokenizer, text, size), c.at("ids").get<Ids>()) << name << " " << size;
    }
    EXPECT_EQ(tokenizer->decode(encode(tokenizer, text)), text);
    EXPECT_EQ(tokenizer->decode(encode(tokenizer, held_out)), held_out);
  }
}

TEST(BytePairs, AnyTextComesBackWhateverItWasTrainedOn) {
  const auto tokenizer = byte_pairs("abc abc abc", 400);
  std::string all;
  for (char32_t code = 0; code < 0x30000; code += 97) {
    if (code < 0xD800 || code >= 0xE000) append_utf8(all, code);
  }
  EXPECT_EQ(tokenizer->decode(encode(tokenizer, all)), all);
}

TEST(BytePairs, AWordWithoutEndIsCutAndComesBack) {
  std::string text;
  while (text.size() < 150'000) text += "明月ab";
  const auto tokenizer = byte_pairs(text, 300);
  EXPECT_EQ(tokenizer->decode(encode(tokenizer, text)), text);
  EXPECT_EQ(in_chunks(tokenizer, text, 16'384), encode(tokenizer, text));
}

TEST(Tape, KeepsEveryWidthOverManyBlocks) {
  for (const std::int64_t bound : {256, 257, 65536, 65537}) {
    Tape tape(bound);
    EXPECT_EQ(tape.width(), bound <= 256 ? 1U : bound <= 65536 ? 2U : 4U);
    const std::int64_t count = 200'003;
    for (std::int64_t i = 0; i < count; ++i) tape.push(static_cast<std::int32_t>(i * 7919 % bound));
    tape.trim();
    ASSERT_EQ(tape.size(), count);
    for (std::int64_t i = 0; i < count; ++i) ASSERT_EQ(tape[i], i * 7919 % bound);
  }
}

}  // namespace
}  // namespace trainyard
