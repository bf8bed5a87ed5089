// Small data sets for the tests of training.
#pragma once
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "data/dataset.hpp"

namespace trainyard {

template <class T>
Column column(std::string name, const Shape& shape, DType dtype, const std::vector<T>& numbers) {
  Column c;
  c.name = std::move(name);
  c.shape = shape;
  c.dtype = dtype;
  c.bytes = Bytes::copy(std::as_bytes(std::span(numbers)));
  return c;
}

/// Points in the square whose class is the sign of x y: targets "y" (class ids) and "dense" (one-hot).
inline std::shared_ptr<const Dataset> xor_points(Row rows) {
  Random random(7, "xor points");
  std::vector<float> x;
  std::vector<float> dense;
  std::vector<std::int32_t> y;
  for (Row r = 0; r < rows; ++r) {
    const float a = 2 * random.uniform() - 1;
    const float b = 2 * random.uniform() - 1;
    x.insert(x.end(), {a, b});
    y.push_back(a * b > 0 ? 1 : 0);
    dense.insert(dense.end(), {y.back() == 0 ? 1.0F : 0.0F, y.back() == 1 ? 1.0F : 0.0F});
  }
  DatasetParts parts;
  parts.rows = rows;
  parts.inputs.push_back(column("x", {2}, DType::f32, x));
  parts.targets.push_back(column("y", {}, DType::i32, y));
  parts.targets.push_back(column("dense", {2}, DType::f32, dense));
  return std::make_shared<const Dataset>(std::move(parts));
}

}  // namespace trainyard
