#include "optimizers/optimizer.hpp"

#include "core/kinds.hpp"
#include "optimizers/all.hpp"
#include "simd/dispatch.hpp"

namespace trainyard {
namespace {

optimizers::Kinds list() { return optimizers::compiled_for<simd::Level>(); }

/// The kind as it is compiled for this processor.
const OptimizerKind& compiled(std::size_t kind) {
  return *simd::dispatch([](auto level) { return optimizers::compiled_for<decltype(level)>(); })[kind];
}

}  // namespace

void Optimizer::set(const Json& changes, const std::string& path) {
  OptimizerOptions changed = options_;
  kind_->change(changed, changes, path);
  if (kind_->slots(changed) != slots()) {
    // Which of the changes it is: the first that alone would need other memory.
    for (const auto& [key, value] : changes.items()) {
      OptimizerOptions one = options_;
      kind_->change(one, {{key, value}}, path);
      if (kind_->slots(one) == slots()) continue;
      throw Error(ErrorCode::invalid_value, path + "." + key, short_text(json()[key]), short_text(value),
                  {"fixed_while_training", key});
    }
    throw Error(ErrorCode::invalid_value, path, "", "", {"fixed_while_training", path});
  }
  options_ = changed;
}

Json Optimizer::json() const {
  Json result = json_object("type", name());
  result.update(kind_->write(options_));
  return result;
}

Optimizer parse_optimizer(const Json& description, const std::string& path) {
  const Description d = read_description(description, path);
  const std::size_t kind = find_kind(d.type, kind_names(list()), path);
  return {*list()[kind], compiled(kind), list()[kind]->parse(d.options, path)};
}

Json describe_optimizers() { return describe_kinds(list()); }

}  // namespace trainyard
