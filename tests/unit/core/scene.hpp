// Two nodes, redis-a (preferred) and redis-b, as one of them sees them. A test sets what each Redis
// would answer and who advertises, lets time pass, and reads what was ordered as a script of words.
// Drives a Service or a daemon::Node: both turn (time, event) into things to do.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/service.hpp"

namespace redvip::scene {

constexpr NodeIndex a = 0;
constexpr NodeIndex b = 1;
inline const std::string the_line(40, '1');  // the replication ID that both share at first

inline Site site(NodeIndex self) {
  Site result;
  result.nodes = {{"redis-a", IpAddress{0x0A4D0001}}, {"redis-b", IpAddress{0x0A4D0002}}};
  result.self = self;
  result.service.name = "cache";
  result.service.nodes = {a, b};
  result.service.priorities = {Priority::of(250), Priority::of(245)};
  result.service.interface = "eth0";
  result.service.vrid = Vrid::of(51);
  result.service.virtual_ips = {{IpAddress{0x0A4D0064}, 24}};
  return result;
}

// And redis-c, the third in line.
constexpr NodeIndex c = 2;
inline Site site_of_three(NodeIndex self) {
  auto result = site(self);
  result.nodes.push_back({"redis-c", IpAddress{0x0A4D0003}});
  result.service.nodes.push_back(c);
  result.service.priorities.push_back(Priority::of(240));
  return result;
}

inline Observation master(std::int64_t offset) {
  Observation redis;
  redis.run_id = "first run";
  redis.version = "7.0.15";
  redis.replid = the_line;
  redis.master_repl_offset = offset;
  redis.backlog_active = true;
  redis.keys = 100;
  return redis;
}

inline Observation replica_at(const std::string& host, std::uint16_t port, std::int64_t offset) {
  Observation redis = master(offset);
  redis.role = Role::replica;
  redis.master_host = host;
  redis.master_port = port;
  redis.slave_repl_offset = redis.slave_read_repl_offset = offset;
  return redis;
}

inline Observation replica_of(NodeIndex node, std::int64_t offset) {
  const auto endpoint = site_of_three(a).redis(node);
  auto redis = replica_at(endpoint.address.text(), endpoint.port, offset);
  redis.link_up = true;
  return redis;
}

inline Observation link_down(Observation redis, Seconds since) {
  redis.link_up = false;
  redis.link_down_since = since;
  return redis;
}

inline Observation parked(std::int64_t offset) {
  return replica_at("127.0.0.1", 0, offset);
}

// A replica that became master after `common` bytes, and has had writes up to `offset` since.
inline Observation promoted(std::int64_t common, std::int64_t offset) {
  Observation redis = master(offset);
  redis.replid = std::string(40, '2');
  redis.replid2 = the_line;
  redis.second_repl_offset = common + 1;
  return redis;
}

inline Observation restarted_empty() {
  Observation redis = master(0);
  redis.run_id = "second run";
  redis.replid = std::string(40, '3');
  redis.backlog_active = false;
  redis.keys = 0;
  return redis;
}

inline event::AdvertHeard advert(NodeIndex from, int priority) {
  return {from, site_of_three(a).nodes[from].address, Priority::of(priority), Centiseconds{10}};
}

using Script = std::vector<std::string>;

// What a park or a follow also says.
inline const std::string kill_vip = ", kill clients of 10.77.0.100:6379";

struct Spell {
  static std::string node(NodeIndex index) { return index == a ? "a" : index == b ? "b" : "c"; }
  static std::string killing(const std::vector<Endpoint>& clients) {
    std::string text;
    for (const auto& client : clients) text += ", kill clients of " + client.text();
    return text;
  }

  std::string operator()(const command::PauseWrites& pause) const {
    return "pause writes " + std::to_string(pause.duration.count()) + " ms";
  }
  std::string operator()(const command::UnpauseWrites&) const { return "unpause writes"; }
  std::string operator()(const command::Promote&) const { return "promote"; }
  std::string operator()(const command::Follow& follow) const {
    return "follow " + follow.master.text() + killing(follow.kill_clients_of);
  }
  std::string operator()(const command::Park& park) const {
    return "park" + killing(park.kill_clients_of) + (park.kill_replicas ? ", kill replicas" : "");
  }
  std::string operator()(const command::RequireReplicas& require) const {
    return "require " + std::to_string(require.count) + " replicas";
  }
  std::string operator()(const command::SaveDataset&) const { return "save dataset"; }

  std::string operator()(const action::Arm&) const { return {}; }       // see armed()
  std::string operator()(const action::Remember&) const { return {}; }  // see memories
  std::string operator()(const action::Observe&) const { return {}; }   // answered by the scene
  std::string operator()(const action::SendAdvert& advert) const {
    return "advert " + std::to_string(advert.priority.value());
  }
  std::string operator()(const action::AddVips&) const { return "add VIPs"; }
  std::string operator()(const action::RefreshVips&) const { return "refresh VIPs"; }
  std::string operator()(const action::RemoveVips&) const { return "remove VIPs"; }
  std::string operator()(const action::ProbeVips&) const { return {}; }  // see probes
  std::string operator()(const action::Announce&) const { return "announce"; }
  std::string operator()(const action::FindClients&) const { return "find clients"; }
  std::string operator()(const action::ResetClients&) const { return "reset clients"; }
  std::string operator()(const action::RefuseClients&) const { return "refuse clients"; }
  std::string operator()(const action::AdmitClients&) const { return "admit clients"; }
  std::string operator()(const action::Reconnect& again) const {
    return "reconnect " + node(again.node);
  }
  std::string operator()(const action::Send& send) const {
    return node(send.node) + ": " + std::visit(*this, send.command);
  }
  std::string operator()(const action::MeasureLink&) const { return "measure link"; }
  std::string operator()(const action::ReadTail& tail) const {
    return "read tail " + std::to_string(tail.fork + 1) + ".." + std::to_string(tail.until);
  }
  std::string operator()(const action::KeepDataset& keep) const {
    return keep.with_tail ? "keep dataset with its tail" : "keep dataset";
  }
  std::string operator()(const action::GuardLink& guard) const {
    return "guard " + guard.master.text();
  }
  std::string operator()(const action::UnguardLink&) const { return "unguard"; }
  std::string operator()(const action::Record& record) const {
    return std::string{name(record.transition.from)} + " -> " + name(record.transition.to);
  }
  std::string operator()(const action::Note& note) const { return note.warning ? "warn" : "note"; }
  std::string operator()(const action::Exit&) const { return "exit"; }

  std::string operator()(const election::Join&) const { return "join"; }
  std::string operator()(const election::Leave&) const { return "leave"; }
  std::string operator()(const election::Claim&) const { return "claim"; }
  std::string operator()(const election::SetPriority& set) const {
    return "priority " + std::to_string(set.priority.value());
  }

  std::string operator()(const Action& action) const { return std::visit(*this, action); }
  std::string operator()(const ElectionRequest& request) const {
    return std::visit(*this, request);
  }
};

template <class Machine>
class Scene {
 public:
  explicit Scene(Site where, std::optional<Journal> journal = std::nullopt)
      : machine{std::move(where), std::move(journal)} {}

  // What happens now, and the answers to what was asked because of it.
  void tell(const Event& event) {
    for (const auto& order : machine.handle(now, event)) carry_out(order);
    while (!answers_.empty()) {
      const auto node = answers_.front();
      answers_.pop_front();
      if (redis[node]) tell(event::RedisObserved{node, *redis[node]});
    }
  }

  // Time goes by: timers fire in the order in which they are due, the owner advertises.
  void pass(Micros duration) {
    const auto end = now + duration;
    while (const auto next = next_due(end)) {
      now = std::max(now, next->first);
      if (next->second == Timer::count_) {
        next_advert_ = now + Millis{100};
        tell(*owner);
      } else {
        const auto generation = timers_[next->second].generation;
        timers_[next->second].due.reset();
        tell(event::TimerFired{next->second, generation});
      }
    }
    now = end;
  }

  // The oldest command to this node that is not yet answered has been carried out, or refused.
  void done(NodeIndex node, std::optional<Error> error = std::nullopt) {
    const auto command = sent_[node].at(0);
    sent_[node].pop_front();
    tell(event::CommandDone{node, command, std::move(error)});
  }

  // What was ordered since the last call.
  Script take() { return std::exchange(script_, {}); }

  struct Armed {
    Generation generation = 0;
    std::optional<Instant> due;
  };
  Armed& armed(Timer timer) { return timers_[timer]; }

  Machine machine;
  Instant now{Seconds{1000}};
  std::array<std::optional<Observation>, 3> redis;  // what INFO would say; nullopt: no answer
  std::optional<event::AdvertHeard> owner;          // heard every 100 ms
  int probes = 0;
  std::vector<Transition> transitions;
  std::vector<Journal> journals;  // what would be known after a restart, the latest last
  Script notes;

 private:
  using Due = std::pair<Instant, Timer>;

  void carry_out(const Order& order) {
    if (const auto* action = std::get_if<Action>(&order)) return carry_out(*action);
    script_.push_back(Spell{}(std::get<ElectionRequest>(order)));
  }

  void carry_out(const Action& action) {
    if (auto word = Spell{}(action); !word.empty()) script_.push_back(std::move(word));
    if (const auto* arm = std::get_if<action::Arm>(&action)) {
      timers_[arm->timer] = {arm->generation, now + arm->after};
    } else if (const auto* observe = std::get_if<action::Observe>(&action)) {
      answers_.push_back(observe->node);
    } else if (const auto* send = std::get_if<action::Send>(&action)) {
      sent_[send->node].push_back(send->command);
    } else if (const auto* record = std::get_if<action::Record>(&action)) {
      transitions.push_back(record->transition);
    } else if (const auto* remember = std::get_if<action::Remember>(&action)) {
      journals.push_back(remember->journal);
    } else if (const auto* note = std::get_if<action::Note>(&action)) {
      notes.push_back(note->text);
    } else if (std::holds_alternative<action::ProbeVips>(action)) {
      ++probes;
    }
  }

  // Timer::count_ stands for the owner's next advertisement.
  std::optional<Due> next_due(Instant end) const {
    std::optional<Due> first;
    if (owner && next_advert_ <= end) first = Due{next_advert_, Timer::count_};
    for (const auto& [timer, armed] : timers_) {
      if (armed.due && *armed.due <= end && (!first || *armed.due < first->first)) {
        first = Due{*armed.due, timer};
      }
    }
    return first;
  }

  std::map<Timer, Armed> timers_;
  std::deque<NodeIndex> answers_;
  std::array<std::deque<Command>, 3> sent_;
  Script script_;
  Instant next_advert_{};
};

using ServiceScene = Scene<Service>;

// `self` runs, and `other` has owned the service for a while: self is its standby.
template <class Machine>
void stand_by(Scene<Machine>& scene, NodeIndex self, int owner_priority) {
  const NodeIndex other = self == a ? b : a;
  scene.redis[other] = master(1000);
  scene.redis[self] = replica_of(other, 1000);
  scene.owner = advert(other, owner_priority);
  scene.tell(event::Start{});
  scene.pass(Millis{650});
  scene.take();
}

// redis-a owns the service; of redis-b and redis-c, which stand by, one is self.
inline void stand_by_of_three(ServiceScene& scene) {
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.redis[c] = replica_of(a, 1000);
  scene.owner = advert(a, 250);
  scene.tell(event::Start{});
  scene.pass(Millis{650});
}

// redis-a runs, owns the service, and redis-b replicates from it.
inline void serve(ServiceScene& scene) {
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::Start{});
  scene.pass(Millis{450});
  scene.tell(event::Led{});
  scene.done(a);  // unpaused, whatever another redvip left there
  scene.tell(event::VipsAdded{std::nullopt});
  scene.pass(Millis{200});
  scene.take();
}

inline void redis_dies(ServiceScene& scene) {
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
}

inline Script without_refresh(Script script) {
  std::erase(script, "refresh VIPs");
  return script;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace redvip::scene
