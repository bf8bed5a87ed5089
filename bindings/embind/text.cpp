#include "text.hpp"

#include <emscripten/bind.h>

#include "engine.hpp"
#include "handles.hpp"
#include "text/tokenizer_json.hpp"
#include "view.hpp"

namespace trainyard::bindings {

namespace em = emscripten;

em::val TokenizerHandle::tokens() {
  bytes.clear();
  for (std::int32_t id = 0; id < tokenizer->size(); ++id) bytes += tokenizer->token(id);
  return view(bytes);
}

em::val TokenizerHandle::ends() {
  all_ends.clear();
  std::size_t end = 0;
  for (std::int32_t id = 0; id < tokenizer->size(); ++id) {
    end += tokenizer->token(id).size();
    all_ends.push_back(static_cast<std::int32_t>(end));
  }
  return view(all_ends);
}

std::string TokenizerHandle::save() const { return write_tokenizer(*tokenizer); }

TextHandle::TextHandle(const Json& options, const TokenizerHandle* with) {
  if (with == nullptr) {
    trainer = make_trainer(options, "tokenizer");
    return;
  }
  encoder.emplace(with->tokenizer);
  tape = std::make_shared<Tape>(with->tokenizer->size());
  if (!options.is_null()) wanted = parse_options<WindowOptions>(options, "windows");
}

void TextHandle::feed(Pointer pointer, std::uint32_t bytes) {
  const auto chunk = engine().buffers.read(pointer).first(bytes);
  trainer ? trainer->feed(chunk) : encoder->feed(chunk, *tape);
}

std::shared_ptr<TokenizerHandle> TextHandle::tokenizer() {
  return std::make_shared<TokenizerHandle>(TokenizerHandle{trainer->finish()});
}

void TextHandle::finish() {
  encoder->finish(*tape);
  encoder.reset();
  tape->trim();
}

em::val TextHandle::ids() {
  finish();
  result.resize(static_cast<std::size_t>(tape->size()));
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = (*tape)[static_cast<std::int64_t>(i)];
  return view(result);
}

em::val TextHandle::windows() {
  finish();
  Windows made = token_windows(tape, *wanted);
  em::val parts = em::val::array();
  const auto add = [&](Dataset& data) {
    auto shared = std::make_shared<const Dataset>(std::move(data));
    parts.call<void>("push", std::make_shared<DatasetHandle>(DatasetHandle{std::move(shared)}));
  };
  add(made.train);
  if (made.val) add(*made.val);
  return parts;
}

}  // namespace trainyard::bindings
