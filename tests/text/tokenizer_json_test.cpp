#include "text/tokenizer_json.hpp"

#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "text/texts.hpp"

namespace trainyard {
namespace {

const std::string sample = "the cat, the hat; 明月明月 don't 🙂🙂 the the\n";

/// As GPT-2's file, in small: ids of the vocabulary in any order, a special token behind it.
std::string gpt2(const std::string& merges, const std::string& more = "") {
  return R"({"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":7,"special":true,)"
         R"("content":"<|endoftext|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":true}],)"
         R"("normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true},)"
         R"("post_processor":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false},"decoder":)"
         R"({"type":"ByteLevel"},"model":{"dropout":null,"unk_token":null,"continuing_subword_prefix":"",)"
         R"("end_of_word_suffix":"","fuse_unk":false)" +
         more + R"(,"vocab":{"a":0,"b":1,"Ġ":2,"ab":4,"Ġa":3,"Ġab":5,"bb":6,"<|endoftext|>":7},"merges":)" + merges +
         "}}";
}

TEST(TokenizerJson, ReadsGpt2sKindOfFile) {
  for (const char* merges : {R"(["a b","Ġ ab","b b","Ġ a"])", R"([["a","b"],["Ġ","ab"],["b","b"],["Ġ","a"]])"}) {
    const auto tokenizer = read_tokenizer(gpt2(merges));
    EXPECT_EQ(tokenizer->size(), 8);
    EXPECT_EQ(encode(tokenizer, "ab abb<|endoftext|> a<|endoftext|>"), (Ids{4, 5, 1, 7, 3, 7}));
    for (std::size_t size = 1; size < 20; ++size) {
      EXPECT_EQ(in_chunks(tokenizer, "ab abb<|endoftext|> a<|endoftext|>", size), (Ids{4, 5, 1, 7, 3, 7}));
    }
    EXPECT_EQ(tokenizer->decode(Ids{4, 5, 1, 7, 3}), "ab abb<|endoftext|> a");
    EXPECT_EQ(write_tokenizer(*read_tokenizer(write_tokenizer(*tokenizer))), write_tokenizer(*tokenizer));
    EXPECT_EQ(error_of([&] { (void)encode(tokenizer, "ab c"); })->path, "text[3]");
  }
}

TEST(TokenizerJson, AStartOfAnAddedTokenIsOrdinaryText) {
  std::string file = gpt2("[]");
  file.replace(file.find("<|endoftext|>"), 13, "abb");
  file.replace(file.find("<|endoftext|>"), 13, "abb");
  const auto tokenizer = read_tokenizer(file);
  for (std::size_t size = 1; size < 9; ++size) {
    EXPECT_EQ(in_chunks(tokenizer, "ab aababbab", size), (Ids{0, 1, 2, 0, 0, 1, 7, 0, 1}));
  }
}

TEST(TokenizerJson, OptionsThatChangeIds) {
  std::string prefix = gpt2(R"(["a b","Ġ ab"])");
  prefix.replace(prefix.find("\"add_prefix_space\":false"), 24, "\"add_prefix_space\":true");
  EXPECT_EQ(encode(read_tokenizer(prefix), "ab ab"), (Ids{5, 5}));
  EXPECT_EQ(error_of([&] { (void)encode(read_tokenizer(prefix), "abc"); })->path, "text[2]");
  // "Ġab" is a token that no merge makes: only whole words give it.
  EXPECT_EQ(encode(read_tokenizer(gpt2("[]", R"(,"ignore_merges":true)")), "ab ab"), (Ids{4, 5}));
  EXPECT_EQ(encode(read_tokenizer(gpt2("[]")), "ab ab"), (Ids{0, 1, 2, 0, 1}));
}

TEST(TokenizerJson, WhatIsSavedComesBackAsItWas) {
  for (const auto& tokenizer : {char_tokenizer(sample), char_tokenizer(sample, "<unk>"), byte_pairs(sample, 300)}) {
    const std::string file = write_tokenizer(*tokenizer);
    const auto again = read_tokenizer(file);
    EXPECT_EQ(write_tokenizer(*again), file);
    EXPECT_EQ(again->kind(), tokenizer->kind());
    EXPECT_EQ(again->unknown(), tokenizer->unknown());
    ASSERT_EQ(again->size(), tokenizer->size());
    for (std::int32_t id = 0; id < again->size(); ++id) EXPECT_EQ(again->token(id), tokenizer->token(id));
    EXPECT_EQ(encode(again, sample), encode(tokenizer, sample));
  }
}

TEST(TokenizerJson, CharactersInBothForms) {
  const char* word_level = R"({"pre_tokenizer":{"type":"Split","pattern":{"Regex":"."},"behavior":"Isolated"},)"
                           R"("model":{"type":"WordLevel","vocab":{"[UNK]":0,"明":2,"a":1},"unk_token":"[UNK]"}})";
  EXPECT_EQ(encode(read_tokenizer(word_level), "a明x"), (Ids{1, 2, 0}));
  const char* pairs = R"({"pre_tokenizer":{"type":"Split","pattern":{"String":""},"behavior":"Isolated"},)"
                      R"("model":{"type":"BPE","vocab":{"明":1,"a":0},"merges":[]}})";
  EXPECT_EQ(encode(read_tokenizer(pairs), "a明"), (Ids{0, 1}));
}

TEST(TokenizerJson, AFileCutAnywhereIsRefused) {
  for (const std::string& file : {gpt2(R"(["a b",["Ġ","ab"]])"), write_tokenizer(*char_tokenizer(sample))}) {
    for (std::size_t size = 0; size < file.size(); ++size) {
      const auto error = error_of([&] { (void)read_tokenizer(std::string_view(file).substr(0, size)); });
      ASSERT_TRUE(error) << size;
      EXPECT_EQ(error->code, ErrorCode::bad_file);
    }
  }
}

TEST(TokenizerJson, AnyByteChangedIsReadOrRefused) {
  const std::string file = gpt2(R"(["a b",["Ġ","ab"]])");
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const char c : {'"', '0', ']', '}', '\x80', '-'}) {
      std::string changed = file;
      changed[i] = c;
      // Anything but an Error fails the test.
      if (const auto error = error_of([&] { (void)encode(read_tokenizer(changed), "ab a"); })) {
        EXPECT_NE(error->code, ErrorCode::internal);
      }
    }
  }
}

struct Contradiction {
  const char* from;
  const char* to;
  const char* path;
  const char* hint;
};

TEST(TokenizerJson, AFileThatContradictsItselfIsRefused) {
  const Contradiction all[] = {
      {R"("b":1)", R"("b":0)", "tokenizer.model.vocab.b", "duplicate_id"},
      {R"("b":1)", R"("b":9)", "tokenizer.model.vocab", "token_gap"},
      {R"("b":1)", R"("b":4000000)", "tokenizer.model.vocab", "token_gap"},
      {R"("b":1,)", "", "tokenizer.model.vocab", "token_gap"},
      {R"("b":1)", R"("a":1)", "tokenizer", "duplicate_key"},
      {R"("b":1)", R"("b":-1)", "tokenizer.model.vocab.b", ""},
      {R"("b":1)", R"("b":1.5)", "tokenizer.model.vocab.b", ""},
      {R"("b":1)", R"("b":"1")", "tokenizer.model.vocab.b", ""},
      {R"("b":1)", R"("b":3000000000)", "tokenizer.model.vocab.b", ""},
      {R"("id":7)", R"("id":6)", "tokenizer.added_tokens", "duplicate_id"},
      {R"("id":7)", R"("id":"7")", "tokenizer.added_tokens[0].id", ""},
      {R"("content":"<|endoftext|>")", R"("content":"")", "tokenizer.added_tokens[0].content", ""},
      {R"("a b")", R"("a c")", "tokenizer.model.merges[0]", "merge_unknown"},
      {R"("a b")", R"("b a")", "tokenizer.model.merges[0]", "merge_unknown"},
      {R"("a b")", R"("ab")", "tokenizer.model.merges[0]", ""},
      {R"("a b")", R"("a b b")", "tokenizer.model.merges[0]", ""},
      {R"("a b")", R"(["a","b","b"])", "tokenizer.model.merges[0]", ""},
      {R"("a b")", R"(["a",1])", "tokenizer.model.merges[0]", ""},
      {R"("a b")", "5", "tokenizer.model.merges[0]", ""},
      {R"("a b")", R"("Ġ ab")", "tokenizer.model.merges[1]", "duplicate_key"},
      {R"(["a b","Ġ ab"])", R"({"a":"b"})", "tokenizer.model.merges", ""},
      {R"("vocab":{)", R"("vocab":[{)", "tokenizer", "at_byte"},
      {R"("fuse_unk":false)", R"("fuse_unk":false,"type":7)", "tokenizer.model.type", ""},
  };
  for (const Contradiction& c : all) {
    std::string file = gpt2(R"(["a b","Ġ ab"])");
    const std::size_t at = file.find(c.from);
    ASSERT_NE(at, std::string::npos) << c.from;
    file.replace(at, std::string(c.from).size(), c.to);
    const auto error = error_of([&] { (void)read_tokenizer(file); });
    ASSERT_TRUE(error) << c.to;
    EXPECT_EQ(error->code, ErrorCode::bad_file) << c.to;
    EXPECT_EQ(error->path, c.path) << c.to;
    EXPECT_EQ(error->hint.key, c.hint) << c.to;
  }
}

TEST(TokenizerJson, WhatWouldGiveOtherIdsIsNotSupported) {
  const std::pair<const char*, const char*> all[] = {
      {R"("normalizer":null)", R"("normalizer":{"type":"NFC"})"},
      {R"("type":"ByteLevel","add_prefix_space":false)", R"("type":"Whitespace")"},
      {R"("trim_offsets":true})", R"("use_regex":false})"},
      {R"("dropout":null)", R"("dropout":0.1)"},
      {R"("end_of_word_suffix":"")", R"("end_of_word_suffix":"</w>")"},
      {R"("fuse_unk":false)", R"("byte_fallback":true)"},
      {R"("fuse_unk":false)", R"("type":"Unigram")"},
      {R"("lstrip":false)", R"("lstrip":true)"},
  };
  for (const auto& [from, to] : all) {
    std::string file = gpt2(R"(["a b"])");
    file.replace(file.find(from), std::string(from).size(), to);
    const auto error = error_of([&] { (void)read_tokenizer(file); });
    ASSERT_TRUE(error) << to;
    EXPECT_EQ(error->code, ErrorCode::not_supported) << to;
    EXPECT_EQ(error->hint.key, "tokenizer_kind");
  }
  const char* words = R"({"pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"Removed"},)"
                      R"("model":{"type":"WordLevel","vocab":{"cat":0},"unk_token":"?"}})";
  EXPECT_EQ(error_of([&] { (void)read_tokenizer(words); })->code, ErrorCode::not_supported);
  for (const char* file : {"", "[]", "3", "null", "{}", R"({"model":[]})", R"({"model":{}})"}) {
    const auto error = error_of([&] { (void)read_tokenizer(file); });
    ASSERT_TRUE(error) << file;
  }
}

}  // namespace
}  // namespace trainyard
