#include "text/utf8.hpp"

#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "text/characters.hpp"
#include "text/texts.hpp"

namespace trainyard {
namespace {

using namespace std::string_literals;

TEST(Utf8, EveryCodePointComesBack) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text;
    append_utf8(text, code);
    const Decoded d = decode_utf8(text.data(), text.data() + text.size());
    ASSERT_EQ(d.code, code);
    ASSERT_EQ(d.size, std::ssize(text));
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      ASSERT_EQ(decode_utf8(text.data(), text.data() + cut).size, 0) << "U+" << std::hex << static_cast<unsigned>(code);
    }
  }
}

/// Each kind of what is no UTF-8, behind two good characters, and where it is found.
TEST(Utf8, RefusesEveryKindOfInvalidText) {
  const std::string bad[] = {
      "\x80"s,              // a continuation with nothing before it
      "\xC0\xAF"s,          // overlong, two bytes
      "\xC1\xBF"s,          //
      "\xE0\x80\xAF"s,      // overlong, three
      "\xE0\x9F\xBF"s,      //
      "\xF0\x80\x80\xAF"s,  // overlong, four
      "\xF0\x8F\xBF\xBF"s,  //
      "\xED\xA0\x80"s,      // surrogates
      "\xED\xBF\xBF"s,      //
      "\xF4\x90\x80\x80"s,  // above U+10FFFF
      "\xF5\x80\x80\x80"s,  //
      "\xFE"s,              //
      "\xFF"s,              //
      "\xC3("s,             // cut by another character
      "\xE6\x98("s,         //
      "\xF0\x9F\x99("s,     //
  };
  for (const std::string& piece : bad) {
    for (const std::string& rest : {"z"s, ""s}) {
      const std::string text = "a\u660e" + piece + rest;
      for (const char* type : {"char", "bpe"}) {
        for (std::size_t size = 1; size <= text.size(); ++size) {
          Json options = Json::object();
          options["type"] = type;
          const auto error = error_of([&] {
            const auto trainer = make_trainer(options, "tokenizer");
            for (std::size_t i = 0; i < text.size(); i += size) {
              trainer->feed(bytes_of(std::string_view(text).substr(i, size)));
            }
            (void)trainer->finish();
          });
          ASSERT_TRUE(error) << type << " " << size;
          EXPECT_EQ(error->code, ErrorCode::invalid_value);
          EXPECT_EQ(error->path, "text[4]");
          EXPECT_EQ(error->hint.key, "not_utf8");
        }
      }
    }
  }
}

TEST(Utf8, ATextThatEndsInsideACharacterIsRefused) {
  for (const std::string& cut : {"\xC3"s, "\xE6\x98"s, "\xF0\x9F\x99"s}) {
    const std::string text = "ab" + cut;
    EXPECT_EQ(error_of([&] { (void)char_tokenizer(text); })->path, "text[2]");
    EXPECT_EQ(error_of([&] { (void)byte_pairs(text, 300); })->path, "text[2]");
    EXPECT_EQ(error_of([&] { check_utf8(text, "x"); })->path, "x[2]");
  }
}

TEST(Characters, HaveTheirClass) {
  const std::pair<char32_t, CharClass> known[] = {
      {'a', CharClass::letter},    {'Z', CharClass::letter},    {0xE9, CharClass::letter},
      {0x660E, CharClass::letter}, {0x3042, CharClass::letter}, {0x20000, CharClass::letter},
      {'7', CharClass::number},    {0xBD, CharClass::number},   {0x2460, CharClass::number},
      {' ', CharClass::space},     {'\n', CharClass::space},    {0x3000, CharClass::space},
      {0xA0, CharClass::space},    {'.', CharClass::other},     {0x3002, CharClass::other},
      {0x1F642, CharClass::other}, {0, CharClass::other},       {0x10FFFF, CharClass::other},
      {0x200D, CharClass::other},  {'_', CharClass::other}};
  for (const auto& [code, kind] : known) EXPECT_EQ(char_class(code), kind) << static_cast<unsigned>(code);
}

}  // namespace
}  // namespace trainyard
