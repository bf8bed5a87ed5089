#include "optimizers/optimizer.hpp"

#include "core/kinds.hpp"
#include "optimizers/all.hpp"

namespace trainyard {
namespace {

constexpr std::array list{
#define X(kind) &optimizers::kind,
    TRAINYARD_OPTIMIZERS(X)
#undef X
};

}  // namespace

void Optimizer::set(const Json& changes, const std::string& path) {
  OptimizerOptions changed = options_;
  kind_->change(changed, changes, path);
  if (const int needed = kind_->slots(changed); needed != slots()) {
    throw Error(ErrorCode::invalid_value, path, std::to_string(slots()), std::to_string(needed),
                {"fixed_while_training", changes.begin().key()});
  }
  options_ = changed;
}

Json Optimizer::json() const {
  Json result{{"type", name()}};
  result.update(kind_->write(options_));
  return result;
}

Optimizer parse_optimizer(const Json& description, const std::string& path) {
  const Description d = read_description(description, path);
  const OptimizerKind& kind = *list[find_kind(d.type, kind_names(list), path)];
  return {kind, kind.parse(d.options, path)};
}

Json describe_optimizers() { return describe_kinds(list); }

}  // namespace trainyard
