// IDX: the format of MNIST (LeCun, Cortes & Burges, yann.lecun.com/exdb/mnist).
//
//   0, 0, type, rank          one big-endian 32-bit size an axis          the numbers, big-endian, row-major
//
// Every defect is BAD_FILE with the caller's path and, as hint, the byte.
#pragma once
#include <string>

#include "core/options.hpp"
#include "data/dataset.hpp"

namespace trainyard {

/// A file as a column: u8 numbers stay where they are; other integers become i32, floats f32.
struct IdxColumn {
  Row rows = 0;
  Column column;
};

/// Reads a file of 1 to 4 axes, the first of which counts rows. `path` names it in errors and is the column's name.
[[nodiscard]] IdxColumn read_idx(Bytes file, const std::string& path);

struct IdxOptions {
  double scale = 1.0 / 255;  ///< of the pixels

  template <class V>
  void visit(V& v) {
    v("scale", scale);
  }
};

/// Images "x" and labels "y". Files of three axes (rows, height, width) become images with one channel. Throws
/// SHAPE_MISMATCH (path "labels") unless there are as many labels as images.
[[nodiscard]] Dataset idx_dataset(Bytes images, Bytes labels, const IdxOptions& options = {});

}  // namespace trainyard
