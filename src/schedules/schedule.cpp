#include "schedules/schedule.hpp"

#include <array>

#include "schedules/all.hpp"

namespace trainyard {
namespace {

constexpr std::array list{
#define X(kind) &schedules::kind,
    TRAINYARD_SCHEDULES(X)
#undef X
};

}  // namespace

std::unique_ptr<Schedule> parse_schedule(const Json& description, const std::string& path) {
  return parse_kind(list, description, path);
}

Json describe_schedules() { return describe_kinds(list); }

}  // namespace trainyard
