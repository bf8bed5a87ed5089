// A text being written, as JavaScript holds it.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "generate/generator.hpp"
#include "handles.hpp"

namespace trainyard::bindings {

struct GeneratorHandle {
  GeneratorHandle(std::shared_ptr<ModelHandle> writer, std::span<const std::int32_t> prompt, const Json& options);

  /// Up to `count` tokens, as many as there is time for, at least one: id and probability of each, then of each of its
  /// candidates.
  [[nodiscard]] emscripten::val next(std::uint32_t count, double milliseconds);
  [[nodiscard]] std::uint32_t candidates() const { return static_cast<std::uint32_t>(generator.candidates().size()); }
  [[nodiscard]] bool done() const { return generator.done(); }

  std::shared_ptr<ModelHandle> model;
  Generator generator;
  std::vector<double> numbers;
};

[[nodiscard]] std::shared_ptr<GeneratorHandle> create_generator(const std::shared_ptr<ModelHandle>& model,
                                                                std::uint32_t prompt, const std::string& options);

}  // namespace trainyard::bindings
