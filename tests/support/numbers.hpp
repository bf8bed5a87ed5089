// Numbers of a plan as doubles, whatever its precision, and how far they may lie from the oracle's.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "train/compile.hpp"

namespace trainyard {

#if defined(__EMSCRIPTEN__)
inline constexpr bool has_double = false;
#else
inline constexpr bool has_double = true;
#endif

/// The precisions that this build runs in.
[[nodiscard]] inline std::vector<Precision> precisions() {
  return has_double ? std::vector{Precision::f32, Precision::f64} : std::vector{Precision::f32};
}
[[nodiscard]] inline double tolerance(Precision p) { return p == Precision::f64 ? 1e-11 : 2e-5; }

inline void fill(const Compiled& c, ValueId v, const std::vector<double>& numbers) {
  const PlanValue& value = c.executor->plan().values[v.index()];
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (value.type.dtype == DType::i32) {
      c.executor->at<std::int32_t>(v)[i] = static_cast<std::int32_t>(numbers[i]);
    } else if (c.executor->plan().precision == Precision::f64) {
      c.executor->at<double>(v)[i] = numbers[i];
    } else {
      c.executor->at<float>(v)[i] = static_cast<float>(numbers[i]);
    }
  }
}

/// `rows` rows of a float value, images as they lie in memory.
[[nodiscard]] inline std::vector<double> numbers_of(const Compiled& c, ValueId v, std::int64_t rows) {
  const auto n = c.executor->plan().values[v.index()].type.elements(rows);
  if (c.executor->plan().precision == Precision::f64) {
    return {c.executor->at<double>(v), c.executor->at<double>(v) + n};
  }
  return {c.executor->at<float>(v), c.executor->at<float>(v) + n};
}

[[nodiscard]] inline std::vector<double> numbers_of(const Model& model, const std::string& name,
                                                    Content content = Content::value) {
  const ParamId id = model.find(name);
  std::vector<double> numbers(static_cast<std::size_t>(model.parameters()[id].shape.size()));
  model.read(id, std::span<double>(numbers), content);
  return numbers;
}

/// Expects |got - want| to be within the tolerance of the largest |want| (or of `floor`).
inline void expect_close(const std::vector<double>& got, const std::vector<double>& want, double tolerance,
                         double floor, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  double largest = floor;
  for (const double w : want) largest = std::max(largest, std::abs(w));
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(got[i], want[i], tolerance * largest) << what << "[" << i << "]";
  }
}

}  // namespace trainyard
