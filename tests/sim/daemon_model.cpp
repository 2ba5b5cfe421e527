#include "sim/daemon_model.hpp"

#include "netlink/address.hpp"
#include "sim/world.hpp"

namespace redvip::sim {

Daemon::Daemon(World& world, NodeIndex self) : world_{world}, self_{self} {}

void Daemon::start() {
  if (node_) return;
  ++life_;
  frozen_ = holding_vips_ = false;
  hidden_ = Micros{0};
  running_since_ = world_.now();
  auto site = world_.site;
  site.self = self_;
  node_ = std::make_unique<daemon::Node>(site, memory_);
  world_.invariants.daemon_started(self_);
  for (NodeIndex to = 0; to < world_.hosts.size(); ++to) {
    connections_.push_back(std::make_unique<Connection>(
        world_, self_, to, [this](const Event& event) { deliver(event); }));
    connections_.back()->connect();
  }
  auto& kernel = world_.hosts[self_]->kernel;
  if (kernel.has_vip(world_.now())) {  // left by a predecessor
    world_.client.reset(self_);
    kernel.remove_vip();
  }
  deliver(event::InterfaceChanged{world_.site.service.interface, world_.lan.carrier(self_)});
  deliver(event::Start{});
}

void Daemon::crash() {
  if (!node_) return;
  ++life_;
  node_.reset();
  frozen_ = false;
  waiting_.clear();
  late_timers_.clear();
  connections_.clear();
}

void Daemon::freeze() {
  if (!node_ || frozen_) return;
  frozen_ = true;
  frozen_at_ = world_.now();
}

// Everything that came meanwhile is delivered now, in one of the two orders that a loop may choose.
void Daemon::thaw() {
  if (!frozen_) return;
  frozen_ = false;
  running_since_ = world_.now();
  if (world_.options.mutant == Mutant::blind_after_stall) hidden_ += world_.now() - frozen_at_;
  world_.invariants.thawed(self_, world_.now() - frozen_at_);
  if (node_ && holding_vips_ && !world_.hosts[self_]->kernel.has_vip(world_.now())) {
    waiting_.push_back(event::VipsMissing{});
  }
  const auto timers = std::exchange(late_timers_, {});
  const auto events = std::exchange(waiting_, {});
  const bool timers_first = world_.chance.one_in(2);
  const auto life = life_;
  const auto run_timers = [&] {
    for (const auto& timer : timers) {
      if (life == life_) deliver(timer);
    }
  };
  if (timers_first) run_timers();
  for (const auto& event : events) {
    if (life == life_) deliver(event);
  }
  if (!timers_first) run_timers();
}

std::optional<Instant> Daemon::since() const {
  return running() ? std::optional{running_since_} : std::nullopt;
}

std::optional<State> Daemon::state() const {
  return node_ ? std::optional{node_->service().state()} : std::nullopt;
}

void Daemon::later(Micros delay, Task task) {
  world_.schedule.after(delay, [this, life = life_, task = std::move(task)] {
    if (node_ && life_ == life) task();
  });
}

// An action may itself make an event (an address that was added); it waits its turn.
void Daemon::deliver(const Event& event) {
  if (!node_) return;
  waiting_.push_back(event);
  if (frozen_ || handling_) return;
  handling_ = true;
  while (node_ && !frozen_ && !waiting_.empty()) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    handle(next);
  }
  handling_ = false;
}

void Daemon::handle(const Event& event) {
  const auto& own = node_->service().facts().redis(self_).last;
  const auto heard = altered(world_.options.mutant, self_, event, node_->service().state(), own);
  world_.trace.add(world_.now(), self_ * 64 + heard.index(), [&] {
    const auto text = describe(heard);
    return text.empty() ? text : world_.site.name(self_) + " " + text;
  });
  const auto before = node_->service().state();
  auto actions =
      altered(world_.options.mutant, world_.site, node_->handle(world_.now() - hidden_, heard));
  world_.invariants.decided(self_, before, heard, actions);
  const auto life = life_;
  for (const auto& action : actions) {
    if (life != life_) return;  // it has exited
    carry_out(action);
  }
}

void Daemon::carry_out(const Action& action) {
  world_.trace.add(world_.now(), 4096 + self_ * 64 + action.index(), [&] {
    const auto text = describe(action);
    return text.empty() ? text : world_.site.name(self_) + "   " + text;
  });
  auto& host = *world_.hosts[self_];
  std::visit(Overload{
                 [&](const action::Arm& timer) {
                   generations_[static_cast<std::size_t>(timer.timer)] = timer.generation;
                   const auto late = world_.chance.one_in(200) ? Millis{5} : Micros{50};
                   later(timer.after + world_.chance.between(Micros{0}, late),
                         [this, fired = event::TimerFired{timer.timer, timer.generation}] {
                           fire(fired);
                         });
                 },
                 [&](action::SendAdvert advert) { send_advert(advert.priority); },
                 [&](action::AddVips) { add_vips(true); },
                 [&](action::RefreshVips) { add_vips(false); },
                 [&](action::RemoveVips) {
                   world_.invariants.vip_removed(self_);
                   holding_vips_ = false;
                   host.kernel.remove_vip();
                 },
                 [&](action::Announce) { announce(); },
                 [&](action::ResetClients) { world_.client.reset(self_); },
                 [&](action::Observe look) { connections_[look.node]->observe(); },
                 [&](action::Reconnect drop) { connections_[drop.node]->reconnect(); },
                 [&](const action::Send& send) { connections_[send.node]->send(send.command); },
                 [&](action::MeasureLink link) {
                   deliver(event::LinkMeasured{
                       host.redis.unread(*world_.site.node_at(link.master.address))});
                 },
                 [&](action::KeepDataset) { keep_dataset(); },
                 [&](const action::Record&) {},
                 [&](const action::Remember& news) { memory_ = news.memory; },
                 [&](const action::Note&) {},
                 [&](action::Exit) { exit(); },
             },
             action);
}

void Daemon::fire(const event::TimerFired& fired) {
  auto due = fired;
  if (world_.options.mutant == Mutant::stale_timers) {
    due.generation = generations_[static_cast<std::size_t>(fired.timer)];
  }
  if (frozen_) {
    late_timers_.push_back(due);
  } else {
    deliver(due);
  }
}

void Daemon::add_vips(bool report) {
  auto& kernel = world_.hosts[self_]->kernel;
  const auto lifetime = netlink::vip_lifetime(world_.site.service.advert_interval);
  const bool put = kernel.put_vip(world_.now(), lifetime);
  holding_vips_ = true;
  if (put && report) world_.invariants.vip_added(self_);
  if (put) watch_vips();
  if (!report) return;
  deliver(event::VipsAdded{put ? std::nullopt : std::optional{Error{"RTNETLINK: no", ""}}});
}

// The kernel tells when the address has expired or somebody has deleted it.
void Daemon::watch_vips() {
  auto& kernel = world_.hosts[self_]->kernel;
  later(kernel.expires() - world_.now(), [this, &kernel] {
    if (holding_vips_ && !frozen_ && !kernel.has_vip(world_.now())) deliver(event::VipsMissing{});
  });
}

void Daemon::send_advert(Priority priority) {
  world_.invariants.advert_sent(self_, priority);
  const auto& sender = world_.site.nodes[self_].address;
  const event::AdvertHeard advert{self_, sender, priority, world_.site.service.advert_interval};
  for (NodeIndex to = 0; to < world_.hosts.size(); ++to) {
    if (to == self_) continue;
    world_.lan.datagram(self_, to,
                        [this, to, advert] { world_.hosts[to]->daemon.deliver(advert); });
  }
}

void Daemon::announce() {
  for (NodeIndex to = 0; to < world_.hosts.size(); ++to) {
    if (to == self_) continue;
    world_.lan.datagram(self_, to,
                        [this, to] { world_.hosts[to]->daemon.deliver(event::AddressClaimed{}); });
  }
  world_.lan.datagram(self_, world_.client_host(), [this] { world_.client.heard_arp(self_); });
}

void Daemon::keep_dataset() {
  later(world_.chance.between(Millis{1}, Millis{20}), [this] {
    world_.ledger.kept(world_.hosts[self_]->redis.disk().data);
    deliver(event::DatasetKept{std::string{"diverged.rdb"}});
  });
}

// The process ends once its last commands are on their way.
void Daemon::exit() {
  later(Millis{1}, [this] {
    if (holding_vips_) {
      world_.client.reset(self_);
      world_.hosts[self_]->kernel.remove_vip();
    }
    crash();
  });
}

void Daemon::redis_closed(NodeIndex node) {
  if (node_) connections_[node]->peer_closed();
}

}  // namespace redvip::sim
