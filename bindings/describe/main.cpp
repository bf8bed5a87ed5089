// Prints the engine's lists as JSON: what the package's types, its documents and its tests are made from.
#include <cstdio>
#include <string>

#include "core/error.hpp"
#include "data/synthetic/synthetic.hpp"
#include "initializers/initializer.hpp"
#include "layers/layer.hpp"
#include "losses/loss.hpp"
#include "metrics/metric.hpp"
#include "optimizers/optimizer.hpp"
#include "schedules/schedule.hpp"
#include "train/settings.hpp"

int main() {
  using namespace trainyard;  // NOLINT(google-build-using-namespace): a program of one function
  Json errors = Json::array();
#define X(id, text) errors.push_back(text);
  TRAINYARD_ERROR_CODES(X)
#undef X
  Json hints = Json::array();
  for (const std::string_view key : hint_keys) hints.push_back(key);
  const Json lists{{"errors", std::move(errors)},         {"hints", std::move(hints)},
                   {"layers", describe_layers()},         {"losses", describe_losses()},
                   {"optimizers", describe_optimizers()}, {"schedules", describe_schedules()},
                   {"metrics", describe_metrics()},       {"initializers", describe_initializers()},
                   {"synthetic", describe_synthetic()},   {"fit", describe_options<RunSettings>()}};
  const std::string text = lists.dump(1) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}
