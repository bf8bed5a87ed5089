// Golden tensors as columns of a data set.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "data/dataset.hpp"
#include "golden/golden.hpp"

namespace trainyard {

/// The tensor's numbers as floats, or as integers where it has ids.
template <class T>
[[nodiscard]] Bytes bytes_as(const golden::Tensor& tensor) {
  std::vector<T> numbers;
  for (const double v : tensor.values) numbers.push_back(static_cast<T>(v));
  return Bytes::copy(std::as_bytes(std::span(numbers)));
}

/// Axis 0 of the tensor counts rows.
[[nodiscard]] inline Column column_of(std::string name, const golden::Tensor& tensor) {
  const bool ids = tensor.dtype == "i32";
  Column column;
  column.name = std::move(name);
  column.shape = Shape(std::span(tensor.shape).subspan(1));
  column.dtype = ids ? DType::i32 : DType::f32;
  column.bytes = ids ? bytes_as<std::int32_t>(tensor) : bytes_as<float>(tensor);
  return column;
}

}  // namespace trainyard
