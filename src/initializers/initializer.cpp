#include "initializers/initializer.hpp"

#include <array>

#include "initializers/all.hpp"

namespace trainyard {
namespace {

constexpr std::array list{
#define X(kind) &initializers::kind,
    TRAINYARD_INITIALIZERS(X)
#undef X
};

}  // namespace

Fans fans_of(const Shape& shape) {
  if (shape.rank() < 2) return {};
  const std::int64_t kernel = shape.size() / (shape[0] * shape[1]);
  return {shape[1] * kernel, shape[0] * kernel};
}

std::unique_ptr<Initializer> parse_initializer(const Json& description, const std::string& path) {
  return parse_kind(list, description, path);
}

Json describe_initializers() { return describe_kinds(list); }

}  // namespace trainyard
