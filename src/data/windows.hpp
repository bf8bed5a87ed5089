// Overlapping windows over one long sequence, as data sets that copy nothing: a text's ids, or a time series.
#pragma once
#include <memory>
#include <optional>

#include "core/options.hpp"
#include "data/dataset.hpp"
#include "text/tape.hpp"

namespace trainyard {

struct WindowOptions {
  std::int64_t length = 0;  ///< ids of a window
  std::int64_t stride = 1;  ///< from the beginning of a training window to the next one's
  double val = 0.1;         ///< the validation part, the end of the text: below 1 a share of it, from 1 on so many ids

  template <class V>
  void visit(V& v) {
    v.required("length", length, at_least_one);
    v("stride", stride, at_least_one);
    v("val", val, not_negative);
  }
};

struct Windows {
  Dataset train;
  std::optional<Dataset> val;  ///< nothing for val: 0
};

/// x: the ids of a window, y: those one place further, both i32 [length]. Validation windows lie side by side, so that
/// each id is foretold once; no window reaches across the border. Throws EMPTY_DATA (path "text" or "windows.val")
/// where a part is shorter than one window and its next id.
[[nodiscard]] Windows token_windows(const std::shared_ptr<const Tape>& ids, const WindowOptions& options);

struct SeriesOptions {
  std::int64_t length = 0;
  std::int64_t horizon = 1;  ///< how many steps behind the window are foretold
  std::int64_t stride = 1;
  std::int64_t features = 1;

  template <class V>
  void visit(V& v) {
    v.required("length", length, at_least_one);
    v("horizon", horizon, at_least_one);
    v("stride", stride, at_least_one);
    v("features", features, at_least_one);
  }
};

/// Of values [steps, features] in f32: x [length, features], y [horizon × features], the steps right behind. Throws
/// EMPTY_DATA (path: "values") for fewer than length + horizon steps, SHAPE_MISMATCH for a part of a step.
[[nodiscard]] Dataset series_windows(Bytes values, const SeriesOptions& options);

}  // namespace trainyard
