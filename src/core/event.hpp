// Everything that can happen to a service, as data. Time comes with each event, never from a clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/command.hpp"
#include "core/config.hpp"
#include "core/observation.hpp"
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
  Ipv4 sender;
  Priority priority;
  Centiseconds max_advert_interval;
};
// The election (src/vrrp/election.*): we lead; another does, whose advert it was.
struct Led {};
struct Followed {
  AdvertHeard by;
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
struct InterfaceChanged {
  std::string interface;
  bool up;
};

struct SwitchoverAsked {
  std::string forced_because{};  // not empty: past every gate, for this reason
};
struct TerminateAsked {};
struct PauseAsked {};
struct ResumeAsked {};

}  // namespace event

using Event =
    std::variant<event::Start, event::TimerFired, event::AdvertHeard, event::Led, event::Followed,
                 event::Stalled, event::Settled, event::RedisConnected, event::RedisObserved,
                 event::RedisRefused, event::RedisLost, event::CommandDone, event::LinkMeasured,
                 event::TailRead, event::DatasetKept, event::VipsAdded, event::VipsMissing,
                 event::AddressClaimed, event::InterfaceChanged, event::SwitchoverAsked,
                 event::TerminateAsked, event::PauseAsked, event::ResumeAsked>;

}  // namespace redvip
