// An owner's addresses over a restart of its daemon. Redis goes on serving there, so they stay
// until it is known whether this node leads again, and never longer than the lifetime that the
// kernel has for them: what a daemon that never came back would have left (docs/decisions/016).
#include "core/overload.hpp"
#include "daemon/service_runner.hpp"

namespace redvip::daemon {
namespace {

constexpr Seconds restart_takes{15};

bool is_no_owner(State state) {
  return state == State::holding || state == State::fault;
}

bool changes_role(const Command& command) {
  return std::holds_alternative<command::Park>(command) ||
         std::holds_alternative<command::Follow>(command);
}

}  // namespace

bool ServiceRunner::leave_for_restart() {
  const auto& service = node_.service();
  if (service.state() != State::serving || status().failover_possible) return false;
  if (const auto left = lan_.leave_addresses(restart_takes); !left) return false;
  machinery_.log.info(site().service.name +
                      ": no other node could take over; the addresses stay while redvip restarts");
  left_ = true;
  return true;
}

void ServiceRunner::network_changed(const netlink::Snapshot& snapshot) {
  if (left_) return;
  lan_.changed(snapshot);
  if (leftovers_ && !lan_.has_leftovers()) end_leftovers();  // the kernel took them away
}

// Somebody else leads, or has the address.
void ServiceRunner::settle_leftovers(const Event& event) {
  if (std::holds_alternative<event::AdvertHeard>(event) ||
      std::holds_alternative<event::AddressClaimed>(event)) {
    end_leftovers();
  }
}

void ServiceRunner::settle_leftovers(const Action& action) {
  std::visit(
      Overload{
          [&](action::AddVips) {
            leftovers_ = false;  // they are ours again
            machinery_.log.info(site().service.name + ": the addresses were still here, and stay");
          },
          [&](action::RemoveVips) { end_leftovers(); },
          [&](action::Exit) { end_leftovers(); },
          [&](const action::Record& news) {
            if (is_no_owner(news.transition.to)) end_leftovers();
          },
          [&](const action::Send& order) {
            if (order.node == site().self && changes_role(order.command)) end_leftovers();
          },
          [](const auto&) {},
      },
      action);
}

void ServiceRunner::end_leftovers() {
  leftovers_ = false;
  lan_.clean_leftovers();
}

}  // namespace redvip::daemon
