#include "core/group.hpp"

#include <map>

namespace redvip {
namespace {

struct Group {
  const GroupMember* first = nullptr;
  // The first two that cannot be owned here: one does not keep itself away.
  const GroupMember* failed = nullptr;
  const GroupMember* failed_too = nullptr;

  void add(const GroupMember& member) {
    if (!first) first = &member;
    if (member.state != State::fault || member.blocked) return;
    if (!failed) {
      failed = &member;
    } else if (!failed_too) {
      failed_too = &member;
    }
  }

  [[nodiscard]] GroupAdvice advise(const GroupMember& member) const {
    GroupAdvice advice;
    const auto* const other = failed == &member ? failed_too : failed;
    if (other) advice.blocked_by = other->service;
    advice.take_over = first != &member && first->state == State::serving &&
                       member.state == State::standby && !other;
    return advice;
  }
};

}  // namespace

std::vector<GroupAdvice> advise(const std::vector<GroupMember>& members) {
  std::map<std::string, Group> groups;
  for (const auto& member : members) {
    if (!member.group.empty()) groups[member.group].add(member);
  }
  std::vector<GroupAdvice> result;
  for (const auto& member : members) {
    result.push_back(member.group.empty() ? GroupAdvice{} : groups[member.group].advise(member));
  }
  return result;
}

}  // namespace redvip
