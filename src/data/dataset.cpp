#include "data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "core/options.hpp"
#include "data/convert.hpp"

namespace trainyard {
namespace {

/// "x[17, 3, 4]": row and place in the row of an element.
std::string path_of(const ColumnInfo& column, Row row, std::int64_t element) {
  std::string indices;
  for (int axis = column.shape.rank(); axis-- > 0;) {
    indices.insert(0, ", " + std::to_string(element % column.shape[axis]));
    element /= column.shape[axis];
  }
  return column.name + "[" + std::to_string(row) + indices + "]";
}

[[noreturn]] void refuse_size(const Column& column, Row rows, std::uint64_t got) {
  throw Error(ErrorCode::shape_mismatch, column.name,
              "[" + std::to_string(rows) + "] × " + text(column.shape) + " " + std::string(name(column.dtype)),
              std::to_string(got) + " B");
}

void check_size(const Column& column, Row rows) {
  const auto capacity = static_cast<std::uint64_t>(column.bytes.size()) / element_size(column.dtype, Precision::f32);
  const std::uint64_t header = column.offset;
  const auto needed = static_cast<std::uint64_t>(column.shape.size()) * element_size(column.dtype, Precision::f32);
  // Divisions: rows × size may not fit 64 bits.
  const bool fits = static_cast<std::uint64_t>(column.shape.size()) <= capacity / rows &&
                    header <= column.bytes.size() && needed * rows == column.bytes.size() - header;
  if (!fits) refuse_size(column, rows, column.bytes.size() - std::min(column.offset, column.bytes.size()));
}

/// Windows, which may leave a rest.
void check_windows(const Column& column, Row rows) {
  const std::uint64_t width = element_size(column.dtype, Precision::f32);
  const auto there = column.tape ? static_cast<std::uint64_t>(column.tape->size()) : column.shared->size() / width;
  const auto end = static_cast<std::uint64_t>(column.first) + static_cast<std::uint64_t>(column.shape.size()) +
                   (std::uint64_t{rows} - 1) * static_cast<std::uint64_t>(column.stride);
  if (column.stride < 1 || end > there) refuse_size(column, rows, there * width);
}

void check_map(const Column& column) {
  const Affine& map = column.map;
  const auto channels = column.shape.rank() == 0 ? 1 : column.shape[0];
  for (const auto* list : {&map.scale, &map.shift}) {
    const std::int64_t n = std::ssize(*list);
    if (n != std::ssize(map.scale) || (n != 1 && n != channels)) {
      throw Error(ErrorCode::shape_mismatch, column.name + ".scale", "1 | " + std::to_string(channels),
                  std::to_string(n));
    }
    for (const double x : *list) {
      if (!std::isfinite(x)) throw Error(ErrorCode::invalid_value, column.name + ".scale", "", number_text(x));
    }
  }
}

/// Calls f with where a gathered batch goes, typed.
template <class F>
void with_destination(const Destination& to, F f) {
  if (to.dtype == DType::i32) return f(static_cast<std::int32_t*>(to.data));
  if (to.dtype == DType::u8) return f(static_cast<std::uint8_t*>(to.data));
  if (to.precision == Precision::f64) return f(static_cast<double*>(to.data));
  f(static_cast<float*>(to.data));
}

}  // namespace

struct Dataset::Storage {
  Row rows = 0;
  std::size_t inputs = 0;
  std::vector<ColumnInfo> info;
  std::vector<Column> columns;
  std::optional<Bytes> weights;

  template <class T>
  [[nodiscard]] const T* row(std::size_t column, Row r) const {
    const Column& c = columns[column];
    const Bytes& bytes = c.shared ? *c.shared : c.bytes;
    return reinterpret_cast<const T*>(bytes.data() + c.offset) + start(c, r);
  }
  /// Numbers from the start of a row to that of the next.
  [[nodiscard]] static std::int64_t step(const Column& c) { return c.stride == 0 ? c.shape.size() : c.stride; }
  /// Where a row begins, in numbers.
  [[nodiscard]] static std::int64_t start(const Column& c, Row r) {
    return c.first + static_cast<std::int64_t>(r) * step(c);
  }
};

Dataset::Dataset(DatasetParts parts) {
  auto storage = std::make_shared<Storage>();
  storage->rows = parts.rows;
  storage->inputs = parts.inputs.size();
  storage->columns = std::move(parts.inputs);
  std::ranges::move(parts.targets, std::back_inserter(storage->columns));
  storage->weights = std::move(parts.weights);
  if (parts.rows == 0) throw Error(ErrorCode::empty_data, "", ">= 1", "0");
  for (const Column& column : storage->columns) {
    column.tape || column.shared ? check_windows(column, parts.rows) : check_size(column, parts.rows);
    check_map(column);
    const auto same = [&](const ColumnInfo& c) { return c.name == column.name; };
    if (std::ranges::any_of(storage->info, same))
      throw Error(ErrorCode::invalid_value, column.name, "", column.name, {"duplicate_name", column.name});
    const bool target = storage->info.size() >= storage->inputs;
    storage->info.push_back({column.name, column.shape, column.dtype, target});
  }
  storage_ = std::move(storage);
  for (std::size_t i = 0; i < columns().size(); ++i) {
    if (columns()[i].dtype != DType::f32) continue;
    each(i, [&](double x, Row row, std::int64_t element) {
      if (!std::isfinite(x))
        throw Error(ErrorCode::invalid_data, path_of(columns()[i], row, element), "", number_text(x));
      return true;
    });
  }
  if (!weighted()) return;
  if (storage_->weights->size() != std::size_t{rows()} * sizeof(float)) {
    throw Error(ErrorCode::shape_mismatch, "weights", "[" + std::to_string(rows()) + "] f32",
                std::to_string(storage_->weights->size()) + " B");
  }
  double total = 0;
  for (Row row = 0; row < rows(); ++row) {
    const float w = reinterpret_cast<const float*>(storage_->weights->data())[row];
    if (!std::isfinite(w) || w < 0) {
      throw Error(ErrorCode::invalid_value, "weights[" + std::to_string(row) + "]", text(not_negative), number_text(w));
    }
    total += w;
  }
  if (total <= 0) throw Error(ErrorCode::invalid_value, "weights", text(positive), "0");
}

Dataset::Dataset(std::shared_ptr<const Storage> storage, std::shared_ptr<const std::vector<Row>> picked)
    : storage_(std::move(storage)), picked_(std::move(picked)) {}

Dataset Dataset::subset(std::span<const Row> rows) const {
  if (rows.empty()) throw Error(ErrorCode::empty_data, "", ">= 1", "0");
  auto picked = std::make_shared<std::vector<Row>>(rows.begin(), rows.end());
  for (Row& row : *picked) row = stored(row);
  return {storage_, std::move(picked)};
}

Row Dataset::rows() const { return picked_ ? static_cast<Row>(picked_->size()) : storage_->rows; }
std::span<const ColumnInfo> Dataset::columns() const { return storage_->info; }
std::size_t Dataset::inputs() const { return storage_->inputs; }
std::span<const Column> Dataset::stored_columns() const { return storage_->columns; }
Row Dataset::stored_rows() const { return storage_->rows; }
const Bytes* Dataset::stored_weights() const { return weighted() ? &*storage_->weights : nullptr; }
bool Dataset::weighted() const { return storage_->weights.has_value(); }

void Dataset::gather(std::span<const Row> rows, std::size_t column, const Destination& to) const noexcept {
  const Column& source = storage_->columns[column];
  const std::int64_t size = source.shape.size();
  const bool identity = source.map.identity();
  if (source.tape) {
    const auto copy = [&]<class To>(To* out) {
      for (const Row row : rows) {
        const std::int64_t start = Storage::start(source, stored(row));
        for (std::int64_t i = 0; i < size; ++i) *out++ = static_cast<To>((*source.tape)[start + i]);
      }
    };
    return with_destination(to, copy);
  }
  with_type(source.dtype, [&]<class From>(From*) {
    const From* const first = storage_->row<From>(column, 0);
    const std::int64_t step = Storage::step(source);
    with_destination(to, [&]<class To>(To* out) {
      for (const Row row : rows) {
        convert_row(first + std::int64_t{stored(row)} * step, out, size, source.map, identity);
        out += size;
      }
    });
  });
}

void Dataset::gather_weights(std::span<const Row> rows, const Destination& to) const noexcept {
  const auto* weights = weighted() ? reinterpret_cast<const float*>(storage_->weights->data()) : nullptr;
  auto copy = [&]<class To>(To* out) {
    for (const Row row : rows) *out++ = weights == nullptr ? To(1) : static_cast<To>(weights[stored(row)]);
  };
  to.precision == Precision::f64 ? copy(static_cast<double*>(to.data)) : copy(static_cast<float*>(to.data));
}

template <class F>
void Dataset::each(std::size_t column, F f) const {
  const Column& c = storage_->columns[column];
  const std::int64_t size = c.shape.size();
  const auto walk = [&](auto number) {
    Row before = 0;
    for (Row row = 0; row < rows(); ++row) {
      const Row r = stored(row);
      // Of a window that follows its neighbour only the end is new.
      const bool follows = c.stride != 0 && row > 0 && r == before + 1;
      before = r;
      for (std::int64_t i = follows ? std::max<std::int64_t>(0, size - c.stride) : 0; i < size; ++i) {
        if (!f(number(r, i), row, i)) return;
      }
    }
  };
  if (c.tape) {
    const Tape& tape = *c.tape;
    return walk([&](Row r, std::int64_t i) { return static_cast<double>(tape[Storage::start(c, r) + i]); });
  }
  with_type(c.dtype, [&]<class T>(T*) {
    walk([&](Row r, std::int64_t i) { return static_cast<double>(storage_->row<T>(column, r)[i]); });
  });
}

bool Dataset::integral(std::size_t column) const {
  if (!storage_->columns[column].map.identity()) return false;
  bool result = true;
  each(column, [&](double x, Row, std::int64_t) { return result = std::floor(x) == x; });
  return result;
}

void Dataset::check_labels(std::size_t column, std::int64_t classes, std::optional<std::int64_t> ignored) const {
  const Range range{.min = 0, .max = static_cast<double>(classes), .open_max = true};
  check_whole(column, range, ignored);
  if (!ignored || !storage_->columns[column].map.identity()) return;
  bool counts = false;
  each(column, [&](double x, Row, std::int64_t) {
    counts = x != static_cast<double>(*ignored);
    return !counts;
  });
  if (!counts) {
    throw Error(ErrorCode::invalid_label, columns()[column].name, text(range), std::to_string(*ignored),
                {"all_ignored", ""});
  }
}

void Dataset::check_whole(std::size_t column, const Range& range, std::optional<std::int64_t> ignored,
                          const Hint& hint) const {
  const Affine& map = storage_->columns[column].map;
  const std::int64_t inner = columns()[column].shape.size() / std::ssize(map.scale);
  each(column, [&](double stored, Row row, std::int64_t element) {
    double x = stored;
    if (!map.identity()) {
      // As gathering computes it: a scaled label must be a label too.
      const auto channel = static_cast<std::size_t>(element / inner);
      x = static_cast<float>(stored) * static_cast<float>(map.scale[channel]) + static_cast<float>(map.shift[channel]);
    }
    if (ignored && x == static_cast<double>(*ignored)) return true;
    if (std::floor(x) != x || !range.contains(x)) {
      throw Error(ErrorCode::invalid_label, path_of(columns()[column], row, element), text(range), number_text(x),
                  hint);
    }
    return true;
  });
}

std::int64_t Dataset::classes(std::size_t column) const {
  double largest = -1;
  each(column, [&](double x, Row, std::int64_t) {
    largest = std::max(largest, x);
    return true;
  });
  return static_cast<std::int64_t>(largest) + 1;
}

Json Dataset::info() const {
  Json result = json_object("rows", rows(), "inputs", Json::object(), "targets", Json::object());
  for (std::size_t i = 0; i < columns().size(); ++i) {
    const ColumnInfo& column = columns()[i];
    Json entry = json_object("shape", column.shape.dims(), "dtype", name(column.dtype));
    const bool labels = column.target && column.shape.rank() == 0 && column.dtype != DType::f32;
    if (labels) entry["classes"] = classes(i);
    result[column.target ? "targets" : "inputs"][column.name] = std::move(entry);
  }
  return result;
}

}  // namespace trainyard
