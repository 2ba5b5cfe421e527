#include "core/group.hpp"

#include <algorithm>

namespace redvip {
namespace {

GroupAdvice advise(const std::vector<GroupMember>& members, const GroupMember& member) {
  GroupAdvice advice;
  if (member.group.empty()) return advice;
  for (const auto& other : members) {
    const bool failed = other.state == State::fault && !other.blocked;
    if (&other == &member || other.group != member.group || !failed) continue;
    advice.blocked_by = other.service;
    break;
  }
  const auto& first = *std::ranges::find(members, member.group, &GroupMember::group);
  advice.take_over = &first != &member && first.state == State::serving &&
                     member.state == State::standby && advice.blocked_by.empty();
  return advice;
}

}  // namespace

std::vector<GroupAdvice> advise(const std::vector<GroupMember>& members) {
  std::vector<GroupAdvice> result;
  for (const auto& member : members) result.push_back(advise(members, member));
  return result;
}

}  // namespace redvip
