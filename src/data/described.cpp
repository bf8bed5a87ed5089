#include "data/described.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "core/options.hpp"
#include "data/readers/idx.hpp"
#include "data/synthetic/synthetic.hpp"

namespace trainyard {
namespace {

/// One array of a description. value = (stored * scale + offset - mean) / std
struct ArrayOptions {
  std::vector<std::int64_t> shape;
  std::string dtype = "f32";
  std::int64_t buffer = 0;
  double scale = 1;
  double offset = 0;
  std::vector<double> mean;
  std::vector<double> std;

  template <class V>
  void visit(V& v) {
    v.required("shape", shape, not_negative);
    v("dtype", dtype, Choices{"f32", "i32", "u8"});
    v("buffer", buffer, not_negative);
    v("scale", scale);
    v("offset", offset);
    v("mean", mean);
    v("std", std, positive);
  }

  [[nodiscard]] DType type() const { return dtype == "f32" ? DType::f32 : dtype == "i32" ? DType::i32 : DType::u8; }

  [[nodiscard]] Affine map(const std::string& path) const {
    Affine map;
    const std::size_t channels = std::max({std::size_t{1}, mean.size(), std.size()});
    for (const auto* list : {&mean, &std}) {
      if (list->empty() || list->size() == channels) continue;
      throw Error(ErrorCode::shape_mismatch, path + ".std", std::to_string(channels), std::to_string(list->size()));
    }
    map.scale.assign(channels, scale);
    map.shift.assign(channels, offset);
    for (std::size_t c = 0; c < channels; ++c) {
      if (!mean.empty()) map.shift[c] -= mean[c];
      if (std.empty()) continue;
      map.scale[c] /= std[c];
      map.shift[c] /= std[c];
    }
    return map;
  }
};

Bytes take(std::vector<Bytes>& buffers, std::int64_t index, const std::string& path) {
  if (index >= std::ssize(buffers)) {
    throw Error(ErrorCode::invalid_value, path + ".buffer", "< " + std::to_string(buffers.size()), std::to_string(index));
  }
  return std::move(buffers[static_cast<std::size_t>(index)]);
}

void agree_on_rows(std::int64_t& rows, std::int64_t found, const std::string& path) {
  if (rows < 0) rows = found;
  if (rows == found) return;
  const auto shape = [](std::int64_t n) { return "[" + std::to_string(n) + ", …]"; };
  throw Error(ErrorCode::shape_mismatch, path, shape(rows), shape(found));
}

}  // namespace

std::vector<Column> read_columns(const Json& columns, const std::string& path, std::vector<Bytes>& buffers,
                                 std::int64_t& rows) {
  if (!columns.is_object()) throw Error(ErrorCode::type_mismatch, path, "{name: array}", short_text(columns));
  std::vector<Column> result;
  for (const auto& [name, described] : columns.items()) {
    const auto options = parse_options<ArrayOptions>(described, name);
    if (options.shape.empty()) throw Error(ErrorCode::shape_mismatch, name, "[rows, …]", "[]");
    agree_on_rows(rows, options.shape.front(), name);
    if (rows == 0) throw Error(ErrorCode::empty_data, name, ">= 1", "0");
    Column column;
    column.name = name;
    column.shape = Shape(std::span(options.shape).subspan(1));
    column.dtype = options.type();
    column.bytes = take(buffers, options.buffer, name);
    column.map = options.map(name);
    result.push_back(std::move(column));
  }
  return result;
}

namespace {

Dataset from_arrays(const Json& description, std::vector<Bytes> buffers) {
  OptionReader reader(description, "data");
  const Json* inputs = reader.raw("inputs");
  const Json* targets = reader.raw("targets");
  const Json* weights = reader.raw("weights");
  reader.raw("kind");
  reader.finish();
  if (inputs == nullptr || inputs->empty()) throw Error(ErrorCode::missing_option, "data.inputs", "{x: …}", "");
  DatasetParts parts;
  std::int64_t rows = -1;
  parts.inputs = read_columns(*inputs, "inputs", buffers, rows);
  if (targets != nullptr) parts.targets = read_columns(*targets, "targets", buffers, rows);
  if (weights != nullptr) {
    std::vector<Column> read = read_columns({{"weights", *weights}}, "weights", buffers, rows);
    if (read.front().dtype != DType::f32) {
      throw Error(ErrorCode::type_mismatch, "weights", "f32", std::string(name(read.front().dtype)));
    }
    parts.weights = std::move(read.front().bytes);
  }
  if (rows > std::numeric_limits<Row>::max()) {
    throw Error(ErrorCode::invalid_value, "data", "< 4294967296", std::to_string(rows));
  }
  parts.rows = static_cast<Row>(rows);
  return Dataset(std::move(parts));
}

/// {"kind": "idx", "images": 0, "labels": 1, "scale"?}: numbers of buffers.
struct IdxDescription {
  std::string kind;
  std::int64_t images = 0;
  std::int64_t labels = 1;
  IdxOptions options;

  template <class V>
  void visit(V& v) {
    v("kind", kind, Choices{"idx"});
    v("images", images, not_negative);
    v("labels", labels, not_negative);
    options.visit(v);
  }
};

Dataset from_idx(const Json& description, std::vector<Bytes> buffers) {
  const auto idx = parse_options<IdxDescription>(description, "data");
  Bytes images = take(buffers, idx.images, "images");
  return idx_dataset(std::move(images), take(buffers, idx.labels, "labels"), idx.options);
}

/// {"kind": "synthetic", "type": "spiral", "n"?, …}
Dataset from_synthetic(Json description) {
  description.erase("kind");
  return synthetic_dataset(description, "data");
}

}  // namespace

Dataset make_dataset(const Json& description, std::vector<Bytes> buffers) {
  if (!description.is_object()) throw Error(ErrorCode::type_mismatch, "data", "object", short_text(description));
  std::string kind = "arrays";
  OptionReader(description, "data")("kind", kind, Choices{"arrays", "idx", "synthetic"});
  if (kind == "idx") return from_idx(description, std::move(buffers));
  if (kind == "synthetic") return from_synthetic(description);
  return from_arrays(description, std::move(buffers));
}

}  // namespace trainyard
