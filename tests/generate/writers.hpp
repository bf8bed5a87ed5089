// Small models that write, and what the whole network says of a text.
#pragma once
#include <string>
#include <vector>

#include "train/models.hpp"
#include "train/predictor.hpp"

namespace trainyard {

inline constexpr std::int64_t vocabulary = 11;

inline ModelOptions reads(std::int64_t length, std::uint64_t seed = 3) {
  return {.inputs = {{.name = "x", .shape = {length}, .dtype = DType::i32}}, .seed = seed};
}

inline Json layers_of(const std::string& layers) { return parse_json(R"({"layers":[)" + layers + "]}", "model"); }

inline Json gpt(const std::string& more = "") {
  return layers_of(R"({"type":"gpt","vocab":11,"context":12,"layers":2,"heads":4,"dim":16)" + more + "}");
}
inline Json llama() {
  return gpt(R"(,"kvHeads":2,"norm":"rmsNorm","mlp":"swiglu","position":"rope","tied":false,"ff":24)");
}
inline Json lstm_text() {
  return layers_of(R"({"type":"embedding","vocab":11,"dim":6},{"type":"lstm","hidden":10,"layers":2},
                      {"type":"linear","out":11})");
}

/// Weights large enough that scores differ: initial ones hardly do.
inline void enliven(Model& model) {
  for (const Parameter& p : model.parameters().all()) {
    std::vector<float> numbers = read(model, p.names.front());
    Random random(5, p.names.front());
    for (float& x : numbers) x += 0.3F * random.normal();
    model.write(model.find(p.names.front()), numbers);
  }
}

inline std::vector<std::int32_t> text_of(std::int64_t length, std::uint64_t seed = 1) {
  Random random(seed, "text");
  std::vector<std::int32_t> ids;
  for (std::int64_t i = 0; i < length; ++i) ids.push_back(static_cast<std::int32_t>(random.below(vocabulary)));
  return ids;
}

/// What the whole network gives for a text as long as its sequence: [T, vocabulary] or [vocabulary].
inline std::vector<float> whole(const Model& model, const std::vector<std::int32_t>& ids, ThreadPool& pool) {
  DatasetParts parts;
  parts.rows = 1;
  parts.inputs.push_back(column("x", {std::ssize(ids)}, DType::i32, ids));
  return Predictor(model, pool).predict(Dataset(std::move(parts))).front().numbers;
}

}  // namespace trainyard
