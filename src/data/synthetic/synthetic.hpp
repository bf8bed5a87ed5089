// Points in the plane with a label: the data sets of TensorFlow Playground (github.com/tensorflow/playground,
// dataset.ts) and scikit-learn's moons, all within about [-6, 6].
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "core/options.hpp"
#include "core/random.hpp"
#include "data/dataset.hpp"

namespace trainyard {

struct Point {
  double x = 0;
  double y = 0;
  double label = 0;  ///< -1 or 1; a regression's is a measurement
};

class Synthetic {
 public:
  std::int64_t n = 500;
  double noise = 0;  ///< 0 to 0.5 in the playground
  std::int64_t seed = 0;
  std::string labels = "id";  ///< what classes are called: class ids 0 and 1, or -1 and 1 (a dense target [1])

  Synthetic() = default;
  Synthetic(const Synthetic&) = default;
  Synthetic& operator=(const Synthetic&) = default;
  virtual ~Synthetic() = default;

  template <class V>
  void visit(V& v) {
    v("n", n, Range{.min = 2, .max = 1e7});
    v("noise", noise, not_negative);
    v("seed", seed, not_negative);
    v("labels", labels, Choices{"id", "sign"});
  }

  /// n points, or one less where halves are equal and n is odd.
  [[nodiscard]] virtual std::vector<Point> points(Random& random) const = 0;
  /// Whether labels are measurements: then `labels` does not apply.
  [[nodiscard]] virtual bool regression() const { return false; }
};

/// The points "x" [2] with targets "y". `description` is "spiral" or {"type": "spiral", "n": 500, "noise": 0.1, …}.
[[nodiscard]] Dataset synthetic_dataset(const Json& description, const std::string& path = "data");

/// [{"name", "options"}] of every generator.
[[nodiscard]] Json describe_synthetic();

}  // namespace trainyard
