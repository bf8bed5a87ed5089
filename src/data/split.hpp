// Splits a data set in two: for training and for validation.
#pragma once
#include <utility>

#include "core/options.hpp"
#include "data/dataset.hpp"

namespace trainyard {

struct SplitOptions {
  double val = 0.2;  ///< the validation part: below 1 a share of the rows, from 1 on a number of rows
  std::int64_t seed = 0;
  bool shuffle = true;    ///< pick at random; else the last rows are the validation part
  bool stratify = false;  ///< the same shares of every class in both parts; by the first target with class ids

  template <class V>
  void visit(V& v) {
    v("val", val, positive);
    v("seed", seed, not_negative);
    v("shuffle", shuffle);
    v("stratify", stratify);
  }
};

/// {training part, validation part}, each in the order of the data. Throws INVALID_VALUE (path "val") for a number of
/// rows that is no integer or leaves nothing to train on, and (path "stratify") without a target that holds class ids.
[[nodiscard]] std::pair<Dataset, Dataset> split(const Dataset& data, const SplitOptions& options);

}  // namespace trainyard
