#include "core/shape.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace trainyard {

Shape::Shape(std::span<const std::int64_t> dims) {
  if (dims.size() > max_rank) {
    throw Error(ErrorCode::invalid_value, "", "<= 6 axes", std::to_string(dims.size()));
  }
  constexpr std::int64_t limit = std::int64_t{1} << 53;
  for (const std::int64_t d : dims) {
    if (d < 1) throw Error(ErrorCode::invalid_value, "", ">= 1", std::to_string(d));
    if (d > limit / size_) throw Error(ErrorCode::invalid_value, "", "<= 2^53 elements", "> 2^53 elements");
    size_ *= d;
  }
  rank_ = static_cast<int>(dims.size());
  std::ranges::copy(dims, dims_.begin());
}

std::string text(const Shape& shape, bool batched) {
  std::string s = batched ? "[*" : "[";
  for (const std::int64_t d : shape.dims()) s += (s.size() > 1 ? ", " : "") + std::to_string(d);
  return s + "]";
}

std::string_view name(DType type) noexcept {
  switch (type) {
    case DType::f32: return "f32";
    case DType::i32: return "i32";
    case DType::u8: return "u8";
  }
  return "?";
}

std::string text(const ValueType& type) {
  std::string s = std::string(name(type.dtype)) + text(type.shape, type.batched);
  if (type.layout == Layout::channels_last) s += " channels last";
  return s;
}

}  // namespace trainyard
