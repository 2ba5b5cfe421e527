// Everything a service can want done, as data: the shell (src/daemon/runner.*) and the simulator
// (tests/sim) carry out the same list, in order. A new action compiles only when both handle it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/command.hpp"
#include "core/event.hpp"

namespace redvip {

enum class State : std::uint8_t {
  starting,
  standby,
  promoting,
  serving,
  handing_over,
  fault,
  holding,
};

[[nodiscard]] constexpr const char* name(State state) {
  switch (state) {
    case State::starting:
      return "starting";
    case State::standby:
      return "standby";
    case State::promoting:
      return "promoting";
    case State::serving:
      return "serving";
    case State::handing_over:
      return "handing_over";
    case State::fault:
      return "fault";
    case State::holding:
      return "holding";
  }
  return "";
}

// Why the state changed (or, with from == to, why it did not although it was asked to).
struct Transition {
  State from;
  State to;
  std::string cause;                                        // a sentence
  std::vector<std::pair<std::string, std::string>> inputs;  // what decided it
  std::vector<std::pair<std::string, Micros>> phases;       // how long each step took, in order
};

// What a node remembers over its own restart: whether its data may be led with when alone.
struct Memory {
  bool served = false;  // it was the owner; else a standby in sync with the owner
  std::string run_id;
  std::string replid;
  std::int64_t offset = 0;
  std::int64_t keys = 0;
  bool operator==(const Memory&) const = default;
};

namespace action {

struct Arm {
  Timer timer;
  Micros after;
  Generation generation;
};
struct SendAdvert {
  Priority priority;
};
struct AddVips {};      // with a finite lifetime; answered by VipsAdded
struct RefreshVips {};  // restarts their lifetime
struct RemoveVips {};
struct Announce {};      // one burst of gratuitous ARP for every VIP
struct ResetClients {};  // every TCP connection to VIP:port, while the VIP is still there
struct Observe {         // INFO; answered by RedisObserved, RedisRefused or RedisLost
  NodeIndex node;
};
struct Reconnect {  // drop the connection and start over
  NodeIndex node;
};
struct Send {  // answered by CommandDone
  NodeIndex node;
  Command command;
};
struct MeasureLink {  // answered by LinkMeasured
  Endpoint master;
};
struct KeepDataset {};  // copy the local RDB file to state_dir; answered by DatasetKept
struct Record {
  Transition transition;
};
struct Remember {
  Memory memory;
};
struct Note {  // something an operator should read that changed no state
  bool warning;
  std::string text;
};
struct Exit {};

}  // namespace action

using Action =
    std::variant<action::Arm, action::SendAdvert, action::AddVips, action::RefreshVips,
                 action::RemoveVips, action::Announce, action::ResetClients, action::Observe,
                 action::Reconnect, action::Send, action::MeasureLink, action::KeepDataset,
                 action::Record, action::Remember, action::Note, action::Exit>;

// What the service machine asks of the election; src/daemon/node.* passes it on.
namespace election {

struct Join {};   // RFC Startup: stand by
struct Leave {};  // RFC Shutdown: priority 0 if we led
struct Claim {};  // lead now, as if Active_Down_Timer had fired
struct SetPriority {
  Priority priority;
};

}  // namespace election

using ElectionRequest =
    std::variant<election::Join, election::Leave, election::Claim, election::SetPriority>;

// One output of the service machine; generations are filled in by Node.
using Order = std::variant<Action, ElectionRequest>;

}  // namespace redvip
