#include "search/planted.hpp"

#include <algorithm>

#include "unit/core/scene.hpp"

namespace redvip::search {
namespace {

struct Known {
  const char* name;
  const char* rule;
};
constexpr Known known[] = {
    {"none", ""},
    {"vips_before_promotion", "S6: the address is added on"},
    {"no_reset", "S7"},
    {"half_copy_looks_whole", "S9"},
    {"empty_looks_full", "S10"},
    {"guard_for_ever", "clean: the packet filter"},
    {"no_unpause", "S35"},
    {"pause_not_heard", "S21"},
    {"record_lost", "S24"},
    {"never_settles", "S34"},
    {"exits_twice", "clean: it exits"},
};
static_assert(std::size(known) == static_cast<std::size_t>(Planted::count_));

template <class C>
bool sends(const Action& action) {
  const auto* send = std::get_if<action::Send>(&action);
  return send && std::holds_alternative<C>(send->command);
}

bool unwanted(Planted bug, const Action& action) {
  switch (bug) {
    case Planted::no_reset:
      return std::holds_alternative<action::ResetClients>(action);
    case Planted::guard_for_ever:
      return std::holds_alternative<action::UnguardLink>(action);
    case Planted::no_unpause:
      return sends<command::UnpauseWrites>(action);
    case Planted::record_lost: {
      const auto* record = std::get_if<action::Record>(&action);
      return record && record->transition.to == State::holding;
    }
    default:
      return false;
  }
}

}  // namespace

const char* name(Planted bug) {
  return known[static_cast<std::size_t>(bug)].name;
}

const char* breaks(Planted bug) {
  return known[static_cast<std::size_t>(bug)].rule;
}

std::optional<Event> altered(Planted bug, NodeIndex self, Event event) {
  if (bug == Planted::pause_not_heard && std::holds_alternative<event::PauseAsked>(event)) {
    return std::nullopt;
  }
  const auto* timer = std::get_if<event::TimerFired>(&event);
  if (bug == Planted::never_settles && timer && timer->timer == Timer::settle) return std::nullopt;
  auto* seen = std::get_if<event::RedisObserved>(&event);
  if (!seen) return event;
  auto& redis = seen->observation;
  if (bug == Planted::half_copy_looks_whole && seen->node == self && redis.sync_in_progress) {
    redis.sync_in_progress = false;
    redis.link_up = true;
  } else if (bug == Planted::empty_looks_full && seen->node != self && redis.keys == 0) {
    redis = scene::master(5000);
  }
  return event;
}

std::vector<Action> altered(Planted bug, std::vector<Action> actions) {
  if (bug == Planted::vips_before_promotion) {
    const auto at = std::find_if(actions.begin(), actions.end(), sends<command::Promote>);
    if (at != actions.end()) actions.insert(at, action::AddVips{});
  } else if (bug == Planted::exits_twice && !actions.empty() &&
             std::holds_alternative<action::Exit>(actions.back())) {
    actions.push_back(action::Exit{});
  }
  std::erase_if(actions, [&](const Action& action) { return unwanted(bug, action); });
  return actions;
}

}  // namespace redvip::search
