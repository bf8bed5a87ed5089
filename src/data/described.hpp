// Data sets from a description and the arrays it speaks of: what the package hands over.
//
//   {"kind": "arrays", "inputs": {"x": {"shape": [rows, …], "dtype": "f32", "buffer": 0, "scale"?, "offset"?, "mean"?,
//    "std"?}}, "targets": {"y": {…}}, "weights"?: {"shape": [rows], "dtype": "f32", "buffer": 2}}
//   {"kind": "idx", "images": 0, "labels": 1, "scale"?}
//   {"kind": "synthetic", "type": "spiral", "n"?, "noise"?, "seed"?}
#pragma once
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/json.hpp"
#include "data/dataset.hpp"

namespace trainyard {

/// Reads the named arrays of one object of a description; each array's buffer is moved out of `buffers`. Axis 0 of
/// every shape counts the rows and must be the same for all: SHAPE_MISMATCH. `rows` is -1 before the first.
[[nodiscard]] std::vector<Column> read_columns(const Json& columns, const std::string& path,
                                               std::vector<Bytes>& buffers, std::int64_t& rows);

/// Throws what reading and checking the data throw: TYPE_MISMATCH, UNKNOWN_OPTION, SHAPE_MISMATCH, EMPTY_DATA, ….
[[nodiscard]] Dataset make_dataset(const Json& description, std::vector<Bytes> buffers);

}  // namespace trainyard
