#include "data/windows.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "core/error.hpp"

namespace trainyard {
namespace {

/// How many windows fit; EMPTY_DATA if none does.
Row count_windows(std::int64_t there, std::int64_t needed, std::int64_t stride, const std::string& path,
                  HintKey hint = "shorter_window") {
  if (there < needed) {
    throw Error(ErrorCode::empty_data, path, ">= " + std::to_string(needed), std::to_string(there), {hint, ""});
  }
  const std::int64_t rows = (there - needed) / stride + 1;
  if (rows > std::numeric_limits<std::int32_t>::max()) {
    throw Error(ErrorCode::invalid_value, path, "< 2^31", std::to_string(rows));
  }
  return static_cast<Row>(rows);
}

Dataset part(const std::shared_ptr<const Tape>& ids, std::int64_t first, Row rows, std::int64_t length,
             std::int64_t stride) {
  const auto column = [&](const char* name, std::int64_t from) {
    Column c;
    c.name = name;
    c.shape = Shape{length};
    c.dtype = DType::i32;
    c.tape = ids;
    c.first = from;
    c.stride = stride;
    return c;
  };
  DatasetParts parts;
  parts.rows = rows;
  parts.inputs.push_back(column("x", first));
  parts.targets.push_back(column("y", first + 1));
  return Dataset(std::move(parts));
}

}  // namespace

Windows token_windows(const std::shared_ptr<const Tape>& ids, const WindowOptions& options) {
  const std::int64_t size = ids->size();
  const std::int64_t needed = options.length + 1;
  (void)count_windows(size, needed, 1, "text");
  const double share = options.val < 1 ? std::round(options.val * static_cast<double>(size)) : options.val;
  if (std::floor(share) != share || share >= static_cast<double>(size)) {
    throw Error(ErrorCode::invalid_value, "windows.val", "< " + std::to_string(size), number_text(share));
  }
  const auto held_out = static_cast<std::int64_t>(share);
  const std::int64_t border = size - held_out;
  const Row rows = count_windows(border, needed, options.stride, "text");
  Windows windows{part(ids, 0, rows, options.length, options.stride), std::nullopt};
  if (options.val > 0) {
    const Row held = count_windows(held_out, needed, options.length, "windows.val", "hold_out_more");
    windows.val = part(ids, border, held, options.length, options.length);
  }
  return windows;
}

Dataset series_windows(Bytes values, const SeriesOptions& options) {
  const auto numbers = static_cast<std::int64_t>(values.size() / sizeof(float));
  if (numbers % options.features != 0) {
    throw Error(ErrorCode::shape_mismatch, "values", "[*, " + std::to_string(options.features) + "]",
                std::to_string(numbers));
  }
  const Row rows =
      count_windows(numbers / options.features, options.length + options.horizon, options.stride, "values");
  const auto memory = std::make_shared<const Bytes>(std::move(values));
  const auto column = [&](const char* name, const Shape& shape, std::int64_t first) {
    Column c;
    c.name = name;
    c.shape = shape;
    c.shared = memory;
    c.first = first * options.features;
    c.stride = options.stride * options.features;
    return c;
  };
  DatasetParts parts;
  parts.rows = rows;
  parts.inputs.push_back(column("x", {options.length, options.features}, 0));
  parts.targets.push_back(column("y", {options.horizon * options.features}, options.length));
  return Dataset(std::move(parts));
}

}  // namespace trainyard
