#include "metrics/metric.hpp"

#include <algorithm>
#include <array>

#include "metrics/all.hpp"

namespace trainyard {
namespace {

constexpr std::array list{
#define X(kind) &metrics::kind,
    TRAINYARD_METRICS(X)
#undef X
};

}  // namespace

void Metric::merge(std::span<const double> other) {
  const std::span<double> own = gathered();
  for (std::size_t i = 0; i < own.size(); ++i) own[i] += other[i];
}

std::unique_ptr<Metric> parse_metric(const Json& description, const MetricShape& shape, const std::string& path) {
  auto metric = parse_kind(list, description, path);
  metric->prepare(shape, path);
  metric->reset();
  return metric;
}

std::vector<std::unique_ptr<Metric>> parse_metrics(const Json& descriptions, const MetricShape& shape,
                                                   const std::string& path) {
  if (!descriptions.is_array()) throw Error(ErrorCode::type_mismatch, path, "[…]", short_text(descriptions));
  std::vector<std::unique_ptr<Metric>> metrics;
  for (const Json& description : descriptions) {
    const std::string place = path + "[" + std::to_string(metrics.size()) + "]";
    auto metric = parse_metric(description, shape, place);
    const auto same = [&](const auto& other) { return other->name() == metric->name(); };
    if (std::ranges::any_of(metrics, same)) {
      throw Error(ErrorCode::invalid_value, place, "", metric->name(), {"duplicate_name", metric->name()});
    }
    metrics.push_back(std::move(metric));
  }
  return metrics;
}

Json describe_metrics() { return describe_kinds(list); }

}  // namespace trainyard
