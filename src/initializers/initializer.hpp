// Initialisers: the numbers that a parameter starts from. Names, options and defaults are torch.nn.init's in camelCase.
// Numbers are drawn in PyTorch's element order from a stream named after the parameter, so a network's weights depend
// on the seed and its names alone, not on how they are stored or on the order in which it was built.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "core/random.hpp"
#include "core/shape.hpp"

namespace trainyard {

/// How many numbers flow into and out of one unit.
struct Fans {
  std::int64_t in = 1;
  std::int64_t out = 1;
};
/// From a weight's shape [out, in, …kernel]: in · kernel and out · kernel. A vector or a number has one of each.
[[nodiscard]] Fans fans_of(const Shape& shape);

struct InitTarget {
  std::span<float> values;  ///< in PyTorch's order
  Shape shape;              ///< PyTorch's
  Fans fans;                ///< of the layer: a bias has its weight's
};

class Initializer {
 public:
  Initializer() = default;
  Initializer(const Initializer&) = default;
  Initializer& operator=(const Initializer&) = default;
  virtual ~Initializer() = default;
  virtual void fill(const InitTarget& target, Random& random) const = 0;
};

/// "zeros" or {"type": "kaimingUniform", "a": 0.1, …}. Throws UNKNOWN_LAYER, UNKNOWN_OPTION, INVALID_VALUE, ….
[[nodiscard]] std::unique_ptr<Initializer> parse_initializer(const Json& description, const std::string& path);

/// Fills a parameter: `name` is its state-dict name.
inline void initialize(const Initializer& initializer, const InitTarget& target, std::uint64_t seed,
                       std::string_view name) {
  Random random(seed, name);
  initializer.fill(target, random);
}

/// [{"name", "options"}] of every initialiser.
[[nodiscard]] Json describe_initializers();

}  // namespace trainyard
