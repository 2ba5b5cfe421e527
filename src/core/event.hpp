// Everything that can happen to a service, as data. Time comes with each event, never from a clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/command.hpp"
#include "core/config.hpp"
#include "core/observation.hpp"
#include "core/presence.hpp"
#include "core/types.hpp"

namespace redvip {

enum class Timer : std::uint8_t {
  adver,        // RFC 9568 Adver_Timer
  active_down,  // RFC 9568 Active_Down_Timer
  tick,         // every probe_interval: ask every Redis, look around
  poll,         // every millisecond while a role changes
  hang,         // down_after since the local Redis last answered
  deadline,     // of the present state or step
  refresh,      // of the VIP's kernel lifetime
  announce,     // of gratuitous ARP
  settle,       // after a stall: long enough to hear whoever leads now
  count_,
};

using Generation = std::uint32_t;

namespace event {

struct Start {};
struct TimerFired {
  Timer timer;
  Generation generation;  // of the Arm it belongs to; a stale one is ignored
};
// A valid advertisement from one of the configured nodes (src/vrrp/receive.*).
struct AdvertHeard {
  NodeIndex from;
  IpAddress sender;
  Priority priority;
  Centiseconds max_advert_interval;
};
// One from a router that is no node of ours, where service.any_source allows it: the election
// alone hears it, since it has no Redis.
struct ForeignAdvertHeard {
  IpAddress sender;
  Priority priority;
  Centiseconds max_advert_interval;
};
// The election (src/vrrp/election.*): we lead; another does, whose advert it was if it is a node.
struct Led {};
struct Followed {
  std::optional<AdvertHeard> by;
};
// The loop was late by more than an active-down interval; then: everything queued has been read.
struct Stalled {
  Micros late;
};
struct Settled {};

struct RedisConnected {
  NodeIndex node;
};
struct RedisObserved {
  NodeIndex node;
  Observation observation;
};
struct RedisRefused {
  NodeIndex node;
  Refusal refusal;
  std::string text;
};
struct RedisLost {
  NodeIndex node;
  Loss loss;
  std::string text;
};
struct CommandDone {
  NodeIndex node;
  Command command;
  std::optional<Error> error;
};
// Unread bytes in the receive queue of the local Redis's connection to its master; none: no link.
struct LinkMeasured {
  std::optional<std::uint32_t> unread;
};
struct TailRead {
  std::optional<std::int64_t> commands;  // of clients; none: it could not be read
  std::string text;                      // what was read, or why it could not be
};
struct DatasetKept {
  Result<std::string> path;
};

struct VipsAdded {
  std::optional<Error> error;
};
struct VipsMissing {};     // the kernel no longer has all of them
struct AddressClaimed {};  // another machine's ARP says that a VIP is its own
// Another machine, which is no node of the service, answered a probe for a virtual IP.
struct StrangerAnswered {
  IpAddress vip;
  std::string mac;
};
struct InterfaceChanged {  // the service's own, or a tracked one
  std::string interface;
  bool up;
};
struct TrackChanged {  // of the other kinds
  std::size_t track;   // index into ServiceConfig::tracks
  bool up;
  std::string why;  // while down
};
// Another node's redvip, by its connection to the local Redis (src/redis/presence.*).
struct PeerSeen {
  NodeIndex node;
  Presence presence;
};
// The local Redis was asked, and that redvip has no connection to it, or a silent one.
struct PeerMissing {
  NodeIndex node;
};
// Another service of the same group cannot be owned by this node; empty: all could be.
struct GroupChanged {
  std::string blocked_by;
};
// The configuration was read again. The nodes, their order and the service's name are the same.
struct Reconfigured {
  ServiceConfig service;
};

struct SwitchoverAsked {
  std::string forced_because{};   // not empty: past every gate, for this reason
  std::optional<NodeIndex> to{};  // to this node and no other
  std::string reason{};           // for the history; empty: none was given
  std::string by{};               // for the history: who asked
};
struct TerminateAsked {};
struct PauseAsked {
  std::optional<Micros> length{};  // none: until it is resumed
  std::string by{};
};
struct ResumeAsked {
  std::string by{};
};

}  // namespace event

using Event =
    std::variant<event::Start, event::TimerFired, event::AdvertHeard, event::Led, event::Followed,
                 event::Stalled, event::Settled, event::RedisConnected, event::RedisObserved,
                 event::RedisRefused, event::RedisLost, event::CommandDone, event::LinkMeasured,
                 event::TailRead, event::DatasetKept, event::VipsAdded, event::VipsMissing,
                 event::AddressClaimed, event::StrangerAnswered, event::InterfaceChanged,
                 event::TrackChanged, event::GroupChanged, event::Reconfigured,
                 event::ForeignAdvertHeard, event::SwitchoverAsked, event::TerminateAsked,
                 event::PauseAsked, event::ResumeAsked, event::PeerSeen, event::PeerMissing>;

}  // namespace redvip
