#include "generate/generator.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace trainyard {
namespace {

/// Throws INVALID_LABEL for an id that is none.
void check_ids(const char* path, auto ids, std::int64_t vocabulary) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] >= 0 && ids[i] < vocabulary) continue;
    throw Error(ErrorCode::invalid_label, std::string(path) + "[" + std::to_string(i) + "]",
                text(Range{.min = 0, .max = static_cast<double>(vocabulary), .open_max = true}),
                std::to_string(ids[i]));
  }
}

}  // namespace

Generator::Generator(const Model& model, ThreadPool& pool, std::span<const std::int32_t> prompt, const Json& options)
    : model_(model),
      options_(parse_options<GenerateOptions>(options, "generate")),
      stepper_(model, pool),
      sampler_(options_, stepper_.vocabulary()),
      changes_(model.changes()),
      done_(options_.max_tokens == 0) {
  if (prompt.empty()) throw Error(ErrorCode::empty_data, "prompt", ">= 1", "0");
  check_ids("prompt", prompt, model.limits(0)->high + 1);
  check_ids("generate.stop", std::span(options_.stop), stepper_.vocabulary());
  for (const std::int32_t id : prompt) {
    if (id < stepper_.vocabulary()) sampler_.see(id);
  }
  const auto context = static_cast<std::size_t>(stepper_.context());
  text_.reserve(std::max(prompt.size() + 1, 2 * context));
  text_.assign(prompt.begin(), prompt.end());
  unread_ = text_.size();
}

Candidate Generator::next() {
  read();
  const Candidate token = sampler_.draw(scores_, static_cast<std::uint64_t>(given_));
  if (text_.size() == text_.capacity()) {
    // States of a recurrent network hold the rest; what is kept is for when the weights change.
    keep_last(stepper_.context());
  }
  text_.push_back(token.id);
  unread_ = 1;
  sampler_.see(token.id);
  ++given_;
  done_ = given_ == options_.max_tokens || std::ranges::find(options_.stop, token.id) != options_.stop.end();
  return token;
}

void Generator::keep_last(std::int64_t count) {
  text_.erase(text_.begin(), text_.end() - static_cast<std::ptrdiff_t>(count));
}

/// Brings the scores to the end of the text.
void Generator::read() {
  const auto context = static_cast<std::size_t>(stepper_.context());
  const bool full = stepper_.bounded() && text_.size() > context;
  if (full) keep_last(stepper_.context() / 2);
  if (full || changes_ != model_.changes()) unread_ = text_.size();
  if (unread_ == 0) return;
  if (unread_ == text_.size()) stepper_.reset();
  changes_ = model_.changes();
  scores_ = stepper_.run(std::span(text_).last(unread_));
  unread_ = 0;
}

}  // namespace trainyard
