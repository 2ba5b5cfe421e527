#include "daemon/services.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>

#include "daemon/clock.hpp"

namespace redvip::daemon {
namespace {

// Everything that a service cannot change while it runs: who it is on the network, and the nodes by
// whose numbers it knows all others.
bool same_identity(const Site& left, const Site& right) {
  const auto& a = left.service;
  const auto& b = right.service;
  return left.nodes == right.nodes && left.self == right.self && a.nodes == b.nodes &&
         a.vrid == b.vrid && a.version == b.version && a.interface == b.interface &&
         a.unicast == b.unicast && a.vmac == b.vmac && a.family() == b.family();
}

}  // namespace

Result<std::vector<Site>> Services::sites(const Config& config,
                                          const netlink::Snapshot& snapshot) const {
  std::vector<Site> result;
  for (const auto& service : config.services) {
    result.push_back(Site::of(config, service));
    auto& interface = result.back().service.interface;
    if (!interface.empty()) continue;
    const auto address = config.nodes[config.self].address;
    const auto* carrier = snapshot.by_address(address);
    if (!carrier) {
      return failure("no interface carries " + address.text() +
                     ", this node's address: add it, or correct node.address");
    }
    interface = carrier->name;
  }
  return result;
}

Result<void> Services::start(const Config& config, const netlink::Snapshot& snapshot) {
  auto wanted = sites(config, snapshot);
  if (!wanted) return tl::unexpected(wanted.error());
  snapshot_ = snapshot;
  for (auto& site : *wanted) add(std::move(site));
  return {};
}

void Services::add(Site site) {
  slots_.push_back(std::make_unique<Slot>());
  launch(*slots_.back(), std::move(site));
}

void Services::launch(Slot& slot, Site site) {
  slot.ending = false;
  slot.advice = {};
  slot.runner.reset();  // its packet filters and files go before those of the next
  slot.runner = std::make_unique<ServiceRunner>(
      machinery_, std::move(site), slot.tally,
      ServiceRunner::Callbacks{[this, changed_slot = &slot] { changed(*changed_slot); },
                               [this, ended_slot = &slot] { ended(ended_slot); }});
  slot.runner->start(snapshot_);
}

Result<void> Services::apply(const Config& config, const netlink::Snapshot& snapshot) {
  if (stopping_) return {};
  auto wanted = sites(config, snapshot);
  if (!wanted) return tl::unexpected(wanted.error());
  for (auto& slot : slots_) {
    const auto same_name = [&](const Site& site) {
      return site.service.name == slot->runner->site().service.name;
    };
    const auto found = std::ranges::find_if(*wanted, same_name);
    slot->next.reset();
    if (found == wanted->end()) {
      end(*slot);
      continue;
    }
    const bool goes_on = !slot->ending && same_identity(slot->runner->site(), *found);
    if (goes_on) {
      slot->runner->reconfigure(found->service);
    } else {
      slot->next = *found;
      end(*slot);
    }
    wanted->erase(found);
  }
  const bool expected = !arriving_.empty();
  arriving_.assign(std::make_move_iterator(wanted->begin()),
                   std::make_move_iterator(wanted->end()));
  if (!expected && !arriving_.empty()) boost::asio::post(machinery_.io, [this] { welcome(); });
  coordinate();
  return {};
}

// One in each turn of the loop: the others' adverts are due while its packet filters are made.
void Services::welcome() {
  if (arriving_.empty()) return;
  auto site = std::move(arriving_.front());
  arriving_.pop_front();
  machinery_.log.info(site.service.name + ": new");
  add(std::move(site));
  coordinate();
  callbacks_.changed();
  if (!arriving_.empty()) boost::asio::post(machinery_.io, [this] { welcome(); });
}

void Services::end(Slot& slot) {
  if (std::exchange(slot.ending, true)) return;
  machinery_.log.info(slot.runner->site().service.name +
                      (slot.next ? ": starting anew with its new configuration" : ": ending"));
  slot.runner->deliver(event::TerminateAsked{});
}

void Services::ended(Slot* slot) {
  slot->runner->release_addresses();
  const auto next = std::exchange(slot->next, std::nullopt);
  if (next && !stopping_) return launch(*slot, *next);
  std::erase_if(slots_, [&](const auto& each) { return each.get() == slot; });
  if (slots_.empty() && stopping_) callbacks_.finished();
}

void Services::stop(bool restart) {
  stopping_ = true;
  arriving_.clear();
  if (restart) {
    std::erase_if(slots_, [](const auto& slot) {
      return !slot->ending && slot->runner->leave_for_restart();
    });
  }
  std::vector<Slot*> all;
  for (const auto& slot : slots_) all.push_back(slot.get());
  for (auto* slot : all) {
    slot->next.reset();
    if (!std::exchange(slot->ending, true)) slot->runner->deliver(event::TerminateAsked{});
  }
  if (all.empty()) callbacks_.finished();
}

bool Services::tell(int vrid, const Event& event) {
  std::string group;
  for (const auto& slot : slots_) {
    const auto& service = slot->runner->site().service;
    if (service.vrid.value() == vrid) group = service.group;
  }
  const bool together = std::holds_alternative<event::SwitchoverAsked>(event) && !group.empty();
  bool told = false;
  for (const auto& slot : slots_) {
    const auto& service = slot->runner->site().service;
    if (vrid != 0 && service.vrid.value() != vrid && !(together && service.group == group)) {
      continue;
    }
    told = true;
    slot->runner->deliver(event);
  }
  return told;
}

void Services::changed(const Slot& slot) {
  callbacks_.changed();
  if (slot.runner->site().service.group.empty() || std::exchange(coordinating_soon_, true)) return;
  boost::asio::post(machinery_.io, [this] { coordinate(); });
}

void Services::coordinate() {
  constexpr Seconds between_requests{5};
  coordinating_soon_ = false;
  std::vector<GroupMember> members;
  for (const auto& slot : slots_) members.push_back(slot->runner->as_group_member());
  const auto advice = advise(members);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& slot = *slots_[i];
    if (slot.ending) continue;
    if (advice[i].blocked_by != slot.advice.blocked_by) {
      slot.runner->deliver(event::GroupChanged{advice[i].blocked_by});
    }
    const bool patient = slot.asked_at && now() - *slot.asked_at < between_requests;
    if (advice[i].take_over && !patient) {
      slot.asked_at = now();
      slot.runner->deliver(event::SwitchoverAsked{});
    }
    slot.advice = advice[i];
  }
}

void Services::network_changed(const netlink::Snapshot& snapshot) {
  snapshot_ = snapshot;
  for (const auto& slot : slots_) slot->runner->network_changed(snapshot);
}

void Services::release_addresses() {
  for (const auto& slot : slots_) slot->runner->release_addresses();
}

std::vector<const ServiceTally*> Services::tallies() const {
  std::vector<const ServiceTally*> result;
  for (const auto& slot : slots_) result.push_back(&slot->tally);
  return result;
}

std::vector<ServiceStatus> Services::status() const {
  std::vector<ServiceStatus> result;
  for (const auto& slot : slots_) result.push_back(slot->runner->status());
  return result;
}

}  // namespace redvip::daemon
