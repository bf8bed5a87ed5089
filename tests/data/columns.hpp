// Makes columns of numbers for the tests of data sets.
#pragma once
#include <cstring>
#include <string>
#include <vector>

#include "data/dataset.hpp"

namespace trainyard {

template <class T>
[[nodiscard]] Bytes bytes_of(const std::vector<T>& numbers) {
  return Bytes::copy(std::as_bytes(std::span(numbers)));
}

template <class T>
[[nodiscard]] Column column(const std::string& name, const Shape& row, const std::vector<T>& numbers,
                            const Affine& map = {}) {
  constexpr DType dtype = std::is_same_v<T, float>          ? DType::f32
                          : std::is_same_v<T, std::int32_t> ? DType::i32
                                                            : DType::u8;
  return {.name = name, .shape = row, .dtype = dtype, .bytes = bytes_of(numbers), .map = map};
}

inline Dataset dataset(Row rows, std::vector<Column> inputs, std::vector<Column> targets = {},
                       std::optional<Bytes> weights = {}) {
  return Dataset({rows, std::move(inputs), std::move(targets), std::move(weights)});
}

/// A list of columns, which cannot be copied.
template <class... C>
[[nodiscard]] std::vector<Column> columns(C... c) {
  std::vector<Column> list;
  (list.push_back(std::move(c)), ...);
  return list;
}

template <class T>
[[nodiscard]] std::vector<T> gathered(const Dataset& data, std::vector<Row> rows, std::size_t column) {
  std::vector<T> out(rows.size() * static_cast<std::size_t>(data.columns()[column].shape.size()), T(99));
  const DType dtype = std::is_floating_point_v<T> ? DType::f32 : sizeof(T) == 4 ? DType::i32 : DType::u8;
  data.gather(rows, column, {out.data(), dtype, sizeof(T) == 8 ? Precision::f64 : Precision::f32});
  return out;
}

}  // namespace trainyard
