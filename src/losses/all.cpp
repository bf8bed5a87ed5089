#include "losses/all.hpp"

#include <array>

namespace trainyard {
namespace {

std::span<const LossKind* const> all() {
#define X(loss) &losses::loss,
  static constexpr std::array list{TRAINYARD_LOSSES(X)};
#undef X
  return list;
}

}  // namespace

std::unique_ptr<Loss> parse_loss(const Json& description, const std::string& path) {
  return parse_kind(all(), description, path);
}

Json describe_losses() { return describe_kinds(all()); }

}  // namespace trainyard
