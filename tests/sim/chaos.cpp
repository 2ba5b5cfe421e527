#include "sim/chaos.hpp"

namespace redvip::sim {

void Chaos::start() {
  resume_.assign(world_.hosts.size(), false);
  restarting_.assign(world_.hosts.size(), false);
  next(Seconds{2});
}

void Chaos::next(Micros delay) {
  later(delay + while_(Micros{0}, 2 * temper_.between_faults), [this] { strike(); });
}

void Chaos::later(Micros delay, Task repair) {
  world_.schedule.after(delay, [this, repair = std::move(repair)] {
    if (!over_) repair();
  });
}

void Chaos::strike() {
  if (faults_++ >= temper_.most_faults) return;
  const bool all = !temper_.only_restarts;
  const bool net = all && temper_.partitions;
  const bool outsiders = all && temper_.outsiders;
  const bool machines = temper_.machines || temper_.only_restarts;
  const Fault faults[] = {
      {12, &Chaos::kill_redis, true},
      {5, &Chaos::freeze_redis, all},
      {6, &Chaos::stall_redis, all},
      {8, &Chaos::crash_daemon, true},
      {6, &Chaos::freeze_daemon, all},
      {3, &Chaos::freeze_between_actions, all},
      {5, &Chaos::lose_host, machines},
      {2, &Chaos::lose_everything, machines},
      {6, &Chaos::cut_host, net},
      {4, &Chaos::block_one_way, net},
      {4, &Chaos::drop_carrier, net},
      {4, &Chaos::lossy_lan, net},
      {2, &Chaos::swizzle_clog, net},
      {3, &Chaos::split_pair, net},
      {2, &Chaos::cut_clients, net},
      {4, &Chaos::delete_vip, all},
      {2, &Chaos::refuse_vip, all},
      {14, &Chaos::switchover, all},
      {3, &Chaos::pause_for_maintenance, all},
      {8, &Chaos::restart_daemon, all},
      {6, &Chaos::crash_between_actions, all},
      {3, &Chaos::change_password, all},
      {4, &Chaos::foreign_hands, outsiders},
      {4, &Chaos::drop_tracked, all && !world_.options.service.tracks.empty()},
      {6, &Chaos::save_dataset, world_.options.persistence == Persistence::rdb},
  };
  unsigned total = 0;
  for (const auto& fault : faults) total += fault.wanted ? fault.weight : 0;
  auto pick = world_.chance.below(total);
  for (const auto& fault : faults) {
    if (!fault.wanted) continue;
    if (pick >= fault.weight) {
      pick -= fault.weight;
      continue;
    }
    const auto lasts = (this->*fault.strike)(world_.chance.below(world_.hosts.size()));
    over_at_ = std::max(over_at_, world_.now() + lasts + Seconds{2});
    return next(temper_.one_at_a_time ? lasts + Seconds{2} : Micros{0});
  }
}

void Chaos::boot(NodeIndex node, bool may_be_empty) {
  const bool empty = may_be_empty && world_.chance.one_in(4);
  world_.say("Redis of " + world_.site.name(node) + " starts " + (empty ? "empty" : "from disk"));
  world_.hosts[node]->redis.boot(empty ? Redis::Boot::empty : Redis::Boot::from_disk);
}

Micros Chaos::kill_redis(NodeIndex node) {
  const auto lasts = while_(Millis{20}, Seconds{4});
  world_.say("Redis of " + world_.site.name(node) + " is killed");
  world_.hosts[node]->redis.kill();
  later(lasts, [this, node] { boot(node, true); });
  return lasts;
}

Micros Chaos::freeze_redis(NodeIndex node) {
  const auto lasts = while_(Millis{50}, Seconds{4});
  world_.say("Redis of " + world_.site.name(node) + " freezes");
  world_.hosts[node]->redis.freeze();
  later(lasts, [this, node] {
    world_.say("Redis of " + world_.site.name(node) + " runs again");
    world_.hosts[node]->redis.thaw();
  });
  return lasts;
}

Micros Chaos::stall_redis(NodeIndex node) {
  const auto lasts = while_(Millis{50}, Seconds{3});
  world_.say("Redis of " + world_.site.name(node) + " has a slow command");
  world_.hosts[node]->redis.stall(lasts);
  return lasts;
}

Micros Chaos::crash_daemon(NodeIndex node) {
  const auto lasts = while_(Millis{50}, Seconds{5});
  world_.say("redvip of " + world_.site.name(node) + " crashes");
  world_.hosts[node]->daemon.crash();
  later(lasts, [this, node] { world_.hosts[node]->daemon.start(); });
  return lasts;
}

Micros Chaos::freeze_daemon(NodeIndex node) {
  const auto lasts = while_(Millis{50}, Seconds{5});
  world_.say("redvip of " + world_.site.name(node) + " freezes");
  world_.hosts[node]->daemon.freeze();
  later(lasts, [this, node] {
    world_.say("redvip of " + world_.site.name(node) + " runs again");
    world_.hosts[node]->daemon.thaw();
  });
  return lasts;
}

Micros Chaos::freeze_between_actions(NodeIndex node) {
  const auto lasts = while_(Millis{50}, Seconds{5});
  world_.hosts[node]->daemon.freeze_between_actions(1 + world_.chance.below(60), lasts);
  return lasts;
}

Micros Chaos::lose_host(NodeIndex node) {
  const auto lasts = while_(Seconds{1}, Seconds{6});
  world_.say("host " + world_.site.name(node) + " loses power");
  auto& host = *world_.hosts[node];
  world_.lan.cut(node, true);
  host.redis.lose_power();
  host.daemon.crash();
  host.kernel.remove_vip();
  later(lasts, [this, node] {
    world_.say("host " + world_.site.name(node) + " is back");
    world_.lan.cut(node, false);
    boot(node, false);
    later(while_(Micros{0}, Millis{500}), [this, node] { world_.hosts[node]->daemon.start(); });
  });
  return lasts + Millis{500};
}

Micros Chaos::lose_everything(NodeIndex) {
  Micros longest{0};
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    longest = std::max(longest, lose_host(node));
  }
  return longest;
}

Micros Chaos::switchover(NodeIndex node) {
  world_.hosts[node]->daemon.deliver(event::SwitchoverAsked{});
  return Micros{0};
}

Micros Chaos::pause_for_maintenance(NodeIndex node) {
  const auto lasts = while_(Millis{500}, Seconds{4});
  world_.hosts[node]->daemon.deliver(event::PauseAsked{});
  resume_[node] = true;
  later(lasts, [this, node] {
    resume_[node] = false;
    world_.hosts[node]->daemon.deliver(event::ResumeAsked{});
  });
  return lasts;
}

Micros Chaos::restart_daemon(NodeIndex node) {
  const auto lasts = while_(Millis{50}, Seconds{3});
  restarting_[node] = true;
  world_.hosts[node]->daemon.deliver(event::TerminateAsked{});
  // systemd kills what does not end.
  later(Seconds{3} + lasts, [this, node] {
    restarting_[node] = false;
    world_.hosts[node]->daemon.crash();
    world_.hosts[node]->daemon.start();
  });
  return Seconds{3} + lasts;
}

Micros Chaos::save_dataset(NodeIndex node) {
  world_.hosts[node]->redis.save();
  return Micros{0};
}

// Between two actions that belong together: a command was sent and nobody remembers why.
Micros Chaos::crash_between_actions(NodeIndex node) {
  world_.hosts[node]->daemon.crash_after(1 + world_.chance.below(60));
  const auto lasts = while_(Millis{500}, Seconds{4});
  later(lasts, [this, node] { world_.hosts[node]->daemon.start(); });
  return lasts;
}

Micros Chaos::change_password(NodeIndex node) {
  const auto lasts = while_(Millis{100}, Seconds{4});
  world_.say("the password of the Redis of " + world_.site.name(node) + " is another one");
  world_.hosts[node]->redis.lock(true);
  later(lasts, [this, node] {
    world_.say("the password of the Redis of " + world_.site.name(node) + " is right again");
    world_.hosts[node]->redis.lock(false);
  });
  return lasts;
}

Micros Chaos::foreign_hands(NodeIndex node) {
  const auto other =
      (node + 1 + world_.chance.below(world_.hosts.size() - 1)) % world_.hosts.size();
  if (world_.chance.one_in(2)) {
    world_.hosts[node]->redis.by_outsider(command::Promote{});
  } else {
    world_.hosts[node]->redis.by_outsider(command::Follow{world_.site.redis(other), {}});
  }
  return Millis{500};
}

void Chaos::heal() {
  over_ = true;
  world_.say("everything is repaired");
  world_.lan.heal();
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    auto& host = *world_.hosts[node];
    host.kernel.failing_adds = 0;
    if (!host.redis.alive()) boot(node, false);
    host.redis.lock(false);
    host.daemon.crash_after(0);
    if (host.redis.frozen()) host.redis.thaw();
    if (host.daemon.frozen()) host.daemon.thaw();
    if (restarting_[node]) host.daemon.crash();
    host.daemon.start();
    if (resume_[node]) host.daemon.deliver(event::ResumeAsked{});
    host.daemon.deliver(event::InterfaceChanged{world_.site.service.interface, true});
    for (const auto& track : world_.options.service.tracks) {
      host.daemon.deliver(event::InterfaceChanged{track.name, true});
    }
  }
}

}  // namespace redvip::sim
