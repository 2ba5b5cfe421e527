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
  const auto& neighbour = world_.hosts[(self_ + 1) % world_.hosts.size()]->daemon;
  node_ = std::make_unique<daemon::Node>(
      site, altered(world_.options.mutant, journal_, neighbour.journal_));
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
  watch_peers();
}

void Daemon::crash() {
  if (!node_) return;
  ++life_;
  node_.reset();
  frozen_ = dying_ = false;
  waiting_.clear();
  late_timers_.clear();
  interrupted_.clear();
  connections_.clear();
  guard({});
  world_.hosts[self_]->kernel.refusing = false;
}

void Daemon::freeze_between_actions(std::uint64_t after, Micros lasts) {
  freeze_after_ = after;
  freeze_lasts_ = lasts;
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
  handling_ = true;
  carry_out(std::exchange(interrupted_, {}));
  handling_ = false;
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
  if (!node_ || dying_) return;
  waiting_.push_back(event);
  if (frozen_ || handling_) return;
  handling_ = true;
  while (node_ && !frozen_ && !dying_ && !waiting_.empty()) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    handle(next);
  }
  handling_ = false;
}

void Daemon::handle(const Event& event) {
  const auto& service = node_->service();
  const Victim victim{self_, service.state(), service.facts().redis(self_).last};
  world_.invariants.asked(self_, event);
  const auto heard = altered(world_.options.mutant, victim, event);
  if (!heard) return;
  world_.trace.add(world_.now(), self_ * 64 + heard->index(), [&] {
    const auto text = describe(*heard);
    return text.empty() ? text : world_.site.name(self_) + " " + text;
  });
  const auto before = victim.state;
  auto actions = altered(world_.options.mutant, world_.site, self_,
                         node_->handle(world_.now() - hidden_, *heard));
  world_.invariants.decided(self_, before, actions);
  carry_out({actions.begin(), actions.end()});
}

void Daemon::carry_out(std::deque<Action> actions) {
  const auto life = life_;
  while (!actions.empty()) {
    if (frozen_) {
      interrupted_ = std::move(actions);
      return;
    }
    const auto action = std::move(actions.front());
    actions.pop_front();
    const bool lapsed = node_->lapsed(world_.now() - hidden_, action);
    if (!lapsed || world_.options.mutant == Mutant::late_actions) carry_out(action);
    if (life != life_) return;  // it has exited
    strike_between(action);
    if (dying_) return;
  }
}

void Daemon::strike_between(const Action& done) {
  const bool visible =
      !std::holds_alternative<action::Arm>(done) && !std::holds_alternative<action::Observe>(done);
  if (visible && crash_after_ > 0 && --crash_after_ == 0) {
    world_.say("redvip of " + world_.site.name(self_) + " crashes between two actions");
    dying_ = true;  // not now: a connection may be in the middle of telling us something
    return later(Micros{0}, [this] { crash(); });
  }
  if (freeze_after_ > 0 && --freeze_after_ == 0) {
    world_.say("redvip of " + world_.site.name(self_) + " freezes between two actions");
    freeze();
    later(freeze_lasts_, [this] {
      world_.say("redvip of " + world_.site.name(self_) + " runs again");
      thaw();
    });
  }
}

void Daemon::carry_out(const Action& action) {
  world_.trace.add(world_.now(), 4096 + self_ * 64 + action.index(), [&] {
    const auto text = describe(action);
    return text.empty() ? text : world_.site.name(self_) + "   " + text;
  });
  auto& host = *world_.hosts[self_];
  std::visit(
      Overload{
          [&](const action::Arm& timer) {
            generations_[static_cast<std::size_t>(timer.timer)] = timer.generation;
            const auto late = world_.chance.one_in(200) ? Millis{5} : Micros{50};
            later(
                timer.after + world_.chance.between(Micros{0}, late),
                [this, fired = event::TimerFired{timer.timer, timer.generation}] { fire(fired); });
          },
          [&](action::SendAdvert advert) { send_advert(advert.priority); },
          [&](action::AddVips) { add_vips(true); },
          [&](action::RefreshVips) { add_vips(false); },
          [&](action::RemoveVips) {
            world_.invariants.vip_removed(self_);
            holding_vips_ = false;
            host.kernel.remove_vip();
          },
          [&](action::ProbeVips) { probe(); },
          [&](action::Announce) { announce(); },
          [](action::FindClients) {},
          [&](action::ResetClients) { world_.client.reset(self_); },
          [&](action::RefuseClients) { host.kernel.refusing = true; },
          [&](action::AdmitClients) { host.kernel.refusing = false; },
          [&](action::Observe look) { connections_[look.node]->observe(); },
          [&](action::Reconnect drop) { connections_[drop.node]->reconnect(); },
          [&](const action::Send& send) { connections_[send.node]->send(send.command); },
          [&](action::MeasureLink link) {
            deliver(
                event::LinkMeasured{host.redis.unread(*world_.site.node_at(link.master.address))});
          },
          [&](const action::ReadTail& wanted) { read_tail(wanted); },
          [&](const action::KeepDataset&) { keep_dataset(); },
          [&](const action::GuardLink& link) { guard(world_.site.node_at(link.master.address)); },
          [&](action::UnguardLink) { guard({}); },
          [&](const action::Record&) {},
          [&](const action::Remember& news) { journal_ = news.journal; },
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
  if (!put) world_.invariants.address_refused();
  if (put) watch_vips();
  if (!report) return;
  deliver(event::VipsAdded{put ? std::nullopt : std::optional{Error{"RTNETLINK: no", ""}}});
}

// The kernel tells when the address has expired or somebody has deleted it.
void Daemon::watch_vips() {
  auto& kernel = world_.hosts[self_]->kernel;
  later(kernel.expires() - world_.now(), [this, &kernel] {
    if (holding_vips_ && !frozen_ && kernel.expires() == world_.now()) {
      world_.invariants.vip_expired(self_);
    }
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
  world_.invariants.announced(self_);
  for (NodeIndex to = 0; to < world_.hosts.size(); ++to) {
    if (to == self_) continue;
    world_.lan.datagram(self_, to,
                        [this, to] { world_.hosts[to]->daemon.deliver(event::AddressClaimed{}); });
  }
  world_.lan.datagram(self_, world_.client_host(), [this] { world_.client.heard_arp(self_); });
}

// Whose kernel has the address answers for it, whatever becomes of its daemon. Nobody here is a
// stranger.
void Daemon::probe() {
  for (NodeIndex to = 0; to < world_.hosts.size(); ++to) {
    if (to == self_) continue;
    world_.lan.datagram(self_, to, [this, to] {
      if (!world_.hosts[to]->kernel.has_vip(world_.now())) return;
      world_.lan.datagram(to, self_, [this] { deliver(event::AddressClaimed{}); });
    });
  }
}

// src/redis/stream_tail.hpp: a master with its writes paused for as long as that takes.
void Daemon::read_tail(const action::ReadTail& wanted) {
  auto& redis = world_.hosts[self_]->redis;
  const auto tail = redis.alive() && !redis.busy() ? redis.begin_tail(wanted) : std::nullopt;
  later(world_.chance.between(Millis{1}, Millis{20}), [this, tail, &redis, life = redis.life()] {
    if (!tail) return deliver(event::TailRead{std::nullopt, "it cannot be read"});
    if (redis.alive() && redis.life() == life) redis.end_tail();
    if (world_.options.mutant != Mutant::tail_skipped) world_.ledger.kept(*tail);
    deliver(event::TailRead{static_cast<std::int64_t>(tail->count()), "all of it"});
  });
}

// The packet filter belongs to the process: it goes with it.
void Daemon::guard(std::optional<NodeIndex> master) {
  if (guarded_) world_.lan.guard(self_, *guarded_, false);
  guarded_ = master;
  if (guarded_) world_.lan.guard(self_, *guarded_, true);
}

void Daemon::keep_dataset() {
  later(world_.chance.between(Millis{1}, Millis{20}), [this] {
    const bool kept = world_.options.mutant != Mutant::nothing_kept;
    if (kept) world_.ledger.kept(world_.hosts[self_]->redis.disk().data);
    deliver(event::DatasetKept{std::string{"diverged"}});
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
