#include "data/build.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "core/kinds.hpp"
#include "data/readers/idx.hpp"
#include "data/synthetic/synthetic.hpp"
#include "data/windows.hpp"

namespace trainyard {
namespace {

constexpr std::array<std::string_view, 4> kinds{"arrays", "idx", "synthetic", "series"};
constexpr std::array dtypes{DType::f32, DType::i32, DType::u8};

/// Hands out each buffer once.
class Buffers {
 public:
  explicit Buffers(std::span<Bytes> buffers) : buffers_(buffers), taken_(buffers.size()) {}

  Bytes take(std::int64_t index, const std::string& path) {
    const auto i = static_cast<std::size_t>(index);
    if (i >= buffers_.size() || taken_[i]) {
      throw Error(ErrorCode::invalid_value, path + ".buffer", "< " + std::to_string(buffers_.size()),
                  std::to_string(index));
    }
    taken_[i] = true;
    return std::move(buffers_[i]);
  }

 private:
  std::span<Bytes> buffers_;
  std::vector<bool> taken_;
};

struct BufferOptions {
  std::int64_t buffer = 0;

  template <class V>
  void visit(V& v) {
    v.required("buffer", buffer, not_negative);
  }
};

struct ColumnOptions {
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
    v.required("buffer", buffer, not_negative);
    v("scale", scale);
    v("offset", offset);
    v("mean", mean);
    v("std", std, positive);
  }

  /// As one factor and one addition for each channel.
  [[nodiscard]] Affine map(const std::string& path) const {
    const std::size_t channels = std::max<std::size_t>({1, mean.size(), std.size()});
    for (const auto* list : {&mean, &std}) {
      if (!list->empty() && list->size() != channels) {
        throw Error(ErrorCode::shape_mismatch, path + ".std", std::to_string(mean.size()), std::to_string(std.size()));
      }
    }
    Affine map{std::vector<double>(channels), std::vector<double>(channels)};
    for (std::size_t c = 0; c < channels; ++c) {
      const double deviation = std.empty() ? 1 : std[c];
      map.scale[c] = scale / deviation;
      map.shift[c] = (offset - (mean.empty() ? 0 : mean[c])) / deviation;
    }
    return map;
  }
};

/// Columns as they come, and how many rows they have.
class Columns {
 public:
  explicit Columns(Buffers& buffers) : buffers_(buffers) {}

  std::vector<Column> read(const Json& object, const std::string& path) {
    if (!object.is_object()) throw Error(ErrorCode::type_mismatch, path, "{ name: column }", short_text(object));
    std::vector<Column> list;
    for (const auto& [name, description] : object.items()) list.push_back(read_one(name, description));
    return list;
  }
  [[nodiscard]] Row rows(const std::string& path) const {
    if (rows_ <= 0) throw Error(ErrorCode::empty_data, path, ">= 1", "0");
    return static_cast<Row>(rows_);
  }

 private:
  Column read_one(const std::string& name, const Json& description) {
    const auto options = parse_options<ColumnOptions>(description, name);
    if (options.shape.empty()) throw Error(ErrorCode::shape_mismatch, name, "[rows, …]", "[]");
    const std::int64_t rows = options.shape[0];
    if (rows_ < 0) rows_ = rows;
    if (rows != rows_) {
      throw Error(ErrorCode::shape_mismatch, name, "[" + std::to_string(rows_) + ", …]",
                  "[" + std::to_string(rows) + ", …]");
    }
    if (rows > std::numeric_limits<std::int32_t>::max()) {
      throw Error(ErrorCode::invalid_value, name, "< 2^31", std::to_string(rows));
    }
    Column column{.name = name, .shape = {}, .dtype = DType::f32, .bytes = {}, .map = {}};
    try {
      column.shape = Shape(std::span(options.shape).subspan(1));
    } catch (const Error& e) {
      throw Error(e.code, name + ".shape", e.expected, e.got);
    }
    for (const DType type : dtypes) {
      if (trainyard::name(type) == options.dtype) column.dtype = type;
    }
    column.map = options.map(name);
    column.bytes = buffers_.take(options.buffer, name);
    return column;
  }

  Buffers& buffers_;
  std::int64_t rows_ = -1;
};

struct ArraysOptions {
  std::string kind;
  const Json* inputs = nullptr;
  const Json* targets = nullptr;
  const Json* weights = nullptr;

  template <class V>
  void visit(V& v) {
    v("kind", kind);
    inputs = v.raw("inputs");
    targets = v.raw("targets");
    weights = v.raw("weights");
  }
};

Dataset build_arrays(const Json& description, Buffers& buffers, const std::string& path) {
  const auto options = parse_options<ArraysOptions>(description, path);
  if (options.inputs == nullptr) throw Error(ErrorCode::missing_option, path + ".inputs", "{ name: column }", "");
  Columns columns(buffers);
  DatasetParts parts;
  parts.inputs = columns.read(*options.inputs, path + ".inputs");
  if (options.targets != nullptr) parts.targets = columns.read(*options.targets, path + ".targets");
  parts.rows = columns.rows(path);
  if (options.weights != nullptr && !options.weights->is_null()) {
    const auto weights = parse_options<BufferOptions>(*options.weights, "weights");
    parts.weights = buffers.take(weights.buffer, "weights");
  }
  return Dataset(std::move(parts));
}

struct IdxDescription {
  std::string kind;
  const Json* images = nullptr;
  const Json* labels = nullptr;
  IdxOptions options;

  template <class V>
  void visit(V& v) {
    v("kind", kind);
    images = v.raw("images");
    labels = v.raw("labels");
    options.visit(v);
  }
};

Dataset build_idx(const Json& description, Buffers& buffers, const std::string& path) {
  const auto d = parse_options<IdxDescription>(description, path);
  const auto take = [&](const Json* value, const std::string& name) {
    if (value == nullptr) throw Error(ErrorCode::missing_option, path + "." + name, "{ buffer }", "");
    return buffers.take(parse_options<BufferOptions>(*value, name).buffer, name);
  };
  Bytes images = take(d.images, "images");
  return idx_dataset(std::move(images), take(d.labels, "labels"), d.options);
}

struct SeriesDescription {
  std::string kind;
  const Json* values = nullptr;
  SeriesOptions options;

  template <class V>
  void visit(V& v) {
    v("kind", kind);
    values = v.raw("values");
    options.visit(v);
  }
};

Dataset build_series(const Json& description, Buffers& buffers, const std::string& path) {
  const auto d = parse_options<SeriesDescription>(description, path);
  if (d.values == nullptr) throw Error(ErrorCode::missing_option, path + ".values", "{ buffer }", "");
  return series_windows(buffers.take(parse_options<BufferOptions>(*d.values, "values").buffer, "values"), d.options);
}

}  // namespace

Dataset build_dataset(const Json& description, std::span<Bytes> buffers, const std::string& path) {
  if (!description.is_object()) throw Error(ErrorCode::type_mismatch, path, "{ kind, … }", short_text(description));
  const auto kind = description.find("kind");
  if (kind == description.end()) throw Error(ErrorCode::missing_option, path + ".kind", list_text(kinds), "");
  if (!kind->is_string()) throw Error(ErrorCode::type_mismatch, path + ".kind", "string", short_text(*kind));
  Buffers list(buffers);
  switch (find_kind(kind->get_ref<const std::string&>(), kinds, path + ".kind")) {
    case 0: return build_arrays(description, list, path);
    case 1: return build_idx(description, list, path);
    case 3: return build_series(description, list, path);
    default: break;
  }
  Json synthetic = description;
  synthetic.erase("kind");
  if (const auto name = synthetic.find("name"); name != synthetic.end()) synthetic["type"] = *name;
  return synthetic_dataset(synthetic, path);
}

Dataset build_inputs(const Json& columns, std::span<Bytes> buffers, const std::string& path) {
  Buffers list(buffers);
  Columns reader(list);
  DatasetParts parts;
  parts.inputs = reader.read(columns, path);
  parts.rows = reader.rows(path);
  return Dataset(std::move(parts));
}

}  // namespace trainyard
