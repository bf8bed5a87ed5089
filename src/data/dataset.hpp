// A data set in memory: any number of named inputs and targets, each kept in the type in which it came and converted
// when a batch is gathered.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/json.hpp"
#include "core/options.hpp"
#include "data/source.hpp"
#include "text/tape.hpp"

namespace trainyard {

/// value = stored * scale[c] + shift[c]; c is the index along the first axis of a row (the channel of an image, the
/// feature of a vector), or 0 where there is one number for all.
struct Affine {
  std::vector<double> scale{1.0};
  std::vector<double> shift{0.0};

  [[nodiscard]] bool identity() const {
    return scale.size() == 1 && shift.size() == 1 && scale[0] == 1 && shift[0] == 0;
  }
};

/// A column as it is handed over.
struct Column {
  std::string name;
  Shape shape;  ///< of one row
  DType dtype = DType::f32;
  Bytes bytes;             ///< rows × shape numbers from `offset` on
  std::size_t offset = 0;  ///< a header of so many bytes is passed over
  Affine map;
  // Windows: row r is `shape` numbers from first + r × stride on, in memory that columns and data sets share. It is a
  // tape of ids (which are i32 to everybody else), or `shared` in place of `bytes`.
  std::shared_ptr<const Tape> tape{};
  std::shared_ptr<const Bytes> shared{};
  std::int64_t first = 0;
  std::int64_t stride = 0;  ///< 0: the rows lie one behind the other
};

struct DatasetParts {
  Row rows = 0;
  std::vector<Column> inputs;
  std::vector<Column> targets;
  std::optional<Bytes> weights;  ///< one float a row
};

class Dataset final : public BatchSource {
 public:
  /// Checks everything: EMPTY_DATA; SHAPE_MISMATCH (path: the column) for bytes that are not rows × shape;
  /// INVALID_DATA (path: "x[17, 3]") for NaN or infinity; INVALID_VALUE for a name twice or weights that are negative,
  /// not finite or all zero.
  explicit Dataset(DatasetParts parts);

  /// Some of the rows, in this order, sharing the memory. Throws EMPTY_DATA for none; every row must be below rows().
  [[nodiscard]] Dataset subset(std::span<const Row> rows) const;

  [[nodiscard]] Row rows() const override;
  [[nodiscard]] std::span<const ColumnInfo> columns() const override;
  [[nodiscard]] std::size_t inputs() const;  ///< how many of the columns are inputs
  [[nodiscard]] bool weighted() const override;
  void gather(std::span<const Row> rows, std::size_t column, const Destination& to) const noexcept override;
  void gather_weights(std::span<const Row> rows, const Destination& to) const noexcept override;

  /// Whether a column can hold class ids: integers, or floats without a fraction.
  [[nodiscard]] bool integral(std::size_t column) const;
  /// Throws INVALID_LABEL (path "y[17]") unless every number of the column is an integer in [0, classes), or `ignored`;
  /// (path "y") if all are ignored: there is no mean of nothing.
  void check_labels(std::size_t column, std::int64_t classes, std::optional<std::int64_t> ignored = {}) const;
  /// Throws INVALID_LABEL (path "x[17, 3]") unless every number of the column is an integer of the range, or `ignored`.
  void check_whole(std::size_t column, const Range& range, std::optional<std::int64_t> ignored = {},
                   const Hint& hint = {}) const;
  /// The largest number of an integral column and one more: how many classes its labels speak of.
  [[nodiscard]] std::int64_t classes(std::size_t column) const;

  // What it consists of, for pack.hpp.
  [[nodiscard]] std::span<const Column> stored_columns() const;
  [[nodiscard]] Row stored_rows() const;
  [[nodiscard]] const Bytes* stored_weights() const;
  [[nodiscard]] const std::vector<Row>* picked() const { return picked_.get(); }

  /// {rows, inputs: {x: {shape, dtype}}, targets: {y: {shape, dtype, classes?}}}
  [[nodiscard]] Json info() const;

 private:
  struct Storage;
  Dataset(std::shared_ptr<const Storage> storage, std::shared_ptr<const std::vector<Row>> picked);
  [[nodiscard]] Row stored(Row row) const { return picked_ ? (*picked_)[row] : row; }
  /// f(number, row, element) for every number of a column until f says false; a number that windows share comes once.
  template <class F>
  void each(std::size_t column, F f) const;

  std::shared_ptr<const Storage> storage_;
  std::shared_ptr<const std::vector<Row>> picked_;  ///< null: all rows of the storage
};

}  // namespace trainyard
