// Where batches come from: rows of named columns, fetched a few at a time. A data set in memory is one source.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/shape.hpp"

namespace trainyard {

/// Number of a row of a source.
using Row = std::uint32_t;

struct ColumnInfo {
  std::string name;
  Shape shape;               ///< of one row: [] for a number, [28, 28], [3, 32, 32] (channels first)
  DType dtype = DType::f32;  ///< as stored
  bool target = false;
};

/// Where a gathered batch goes and as what: rows × shape numbers in row-major order. f32 with Precision::f64 is double.
struct Destination {
  void* data = nullptr;
  DType dtype = DType::f32;
  Precision precision = Precision::f32;
};

class BatchSource {
 public:
  BatchSource() = default;
  BatchSource(const BatchSource&) = default;
  BatchSource& operator=(const BatchSource&) = default;
  BatchSource(BatchSource&&) = default;
  BatchSource& operator=(BatchSource&&) = default;
  virtual ~BatchSource() = default;

  [[nodiscard]] virtual Row rows() const = 0;
  /// Inputs, then targets.
  [[nodiscard]] virtual std::span<const ColumnInfo> columns() const = 0;
  /// Whether rows have weights of their own; else each counts 1.
  [[nodiscard]] virtual bool weighted() const = 0;

  /// Writes the rows of one column, converted and scaled. Cannot fail, allocates nothing.
  virtual void gather(std::span<const Row> rows, std::size_t column, const Destination& to) const noexcept = 0;
  /// Writes one weight a row; to.dtype is f32.
  virtual void gather_weights(std::span<const Row> rows, const Destination& to) const noexcept = 0;

  /// Index of the column of this name, or columns().size().
  [[nodiscard]] std::size_t find(std::string_view name) const {
    std::size_t i = 0;
    while (i < columns().size() && columns()[i].name != name) ++i;
    return i;
  }
};

}  // namespace trainyard
