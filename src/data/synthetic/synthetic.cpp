#include "data/synthetic/synthetic.hpp"

#include <array>

#include "data/synthetic/all.hpp"

namespace trainyard {
namespace {

constexpr std::array list{
#define X(kind) &synthetic::kind,
    TRAINYARD_SYNTHETIC(X)
#undef X
};

template <class T>
Bytes numbers(const std::vector<T>& values) {
  return Bytes::copy(std::as_bytes(std::span(values)));
}

}  // namespace

Dataset synthetic_dataset(const Json& description, const std::string& path) {
  const auto generator = parse_kind(list, description, path);
  Random random(static_cast<std::uint64_t>(generator->seed), "synthetic");
  const std::vector<Point> points = generator->points(random);

  std::vector<float> x;
  std::vector<float> measured;
  std::vector<std::uint8_t> ids;
  for (const Point& p : points) {
    x.push_back(static_cast<float>(p.x));
    x.push_back(static_cast<float>(p.y));
    measured.push_back(static_cast<float>(p.label));
    ids.push_back(p.label > 0 ? 1 : 0);
  }
  DatasetParts parts;
  parts.rows = static_cast<Row>(points.size());
  parts.inputs.push_back({.name = "x", .shape = {2}, .dtype = DType::f32, .bytes = numbers(x), .map = {}});
  if (generator->labels == "id" && !generator->regression()) {
    parts.targets.push_back({.name = "y", .shape = {}, .dtype = DType::u8, .bytes = numbers(ids), .map = {}});
  } else {
    parts.targets.push_back({.name = "y", .shape = {1}, .dtype = DType::f32, .bytes = numbers(measured), .map = {}});
  }
  return Dataset(std::move(parts));
}

Json describe_synthetic() { return describe_kinds(list); }

}  // namespace trainyard
