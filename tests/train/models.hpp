// Small models and what is asked of them in the tests of training.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "train/fixtures.hpp"
#include "train/trainer.hpp"

namespace trainyard {

inline ModelOptions takes(const Shape& shape, std::uint64_t seed = 1) {
  return {.inputs = {{.name = "x", .shape = shape}}, .seed = seed};
}

/// linear 8, tanh, linear 2 over points: parameters 0.weight [8, 2], 0.bias, 2.weight [2, 8], 2.bias.
inline Json two_layers() {
  return parse_json(R"({"trainyard":1,"layers":[{"type":"linear","out":8},"tanh",{"type":"linear","out":2}]})",
                    "model");
}

inline std::vector<float> read(const Model& model, const std::string& name, Content content = Content::value) {
  const ParamId id = model.find(name);
  std::vector<float> numbers(static_cast<std::size_t>(model.parameters()[id].shape.size()));
  model.read(id, std::span<float>(numbers), content);
  return numbers;
}

/// Every number of every parameter and state.
inline std::vector<float> read_all(const Model& model) {
  std::vector<float> all;
  for (const Parameter& p : model.parameters().all()) {
    const std::vector<float> numbers = read(model, p.names.front());
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  return all;
}

/// Rows of floats as a data set without targets.
inline Dataset inputs_of(const Shape& shape, const std::vector<float>& numbers, const std::string& name = "x") {
  DatasetParts parts;
  parts.rows = static_cast<Row>(numbers.size() / static_cast<std::size_t>(shape.size()));
  parts.inputs.push_back(column(name, shape, DType::f32, numbers));
  return Dataset(std::move(parts));
}

/// The events of a type that a run gave.
inline std::vector<Json> events_of(const Json& result, const std::string& type) {
  std::vector<Json> list;
  for (const Json& event : result["events"]) {
    if (event["type"] == type) list.push_back(event);
  }
  return list;
}

}  // namespace trainyard
