// A matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014): normal numbers made orthogonal by
// Gram and Schmidt, twice over (Giraud et al. 2005: twice is enough), in double.
#include <cmath>
#include <vector>

#include "initializers/all.hpp"
#include "initializers/draw.hpp"

namespace trainyard::initializers {
namespace {

using Vectors = std::vector<std::vector<double>>;

void orthonormalise(Vectors& vectors) {
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    std::vector<double>& v = vectors[i];
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < i; ++j) {
        double dot = 0;
        for (std::size_t k = 0; k < v.size(); ++k) dot += vectors[j][k] * v[k];
        for (std::size_t k = 0; k < v.size(); ++k) v[k] -= dot * vectors[j][k];
      }
    }
    double square = 0;
    for (const double x : v) square += x * x;
    const double inverse = 1 / std::sqrt(square);
    for (double& x : v) x *= inverse;
  }
}

struct Orthogonal : Initializer {
  double gain = 1;

  template <class V>
  void visit(V& v) {
    v("gain", gain);
  }
  void fill(const InitTarget& target, Random& random) const override {
    const auto rows = static_cast<std::size_t>(target.shape.rank() == 0 ? 1 : target.shape[0]);
    const std::size_t columns = target.values.size() / rows;
    const bool by_row = rows < columns;
    Vectors vectors(std::min(rows, columns), std::vector<double>(std::max(rows, columns)));
    const auto element = [&](std::size_t r, std::size_t c) -> double& {
      return by_row ? vectors[r][c] : vectors[c][r];
    };
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) element(r, c) = static_cast<double>(random.normal());
    }
    orthonormalise(vectors);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        target.values[r * columns + c] = static_cast<float>(gain * element(r, c));
      }
    }
  }
};

}  // namespace

constinit const Kind<Initializer> orthogonal = make_kind<Orthogonal, Initializer>("orthogonal");

}  // namespace trainyard::initializers
