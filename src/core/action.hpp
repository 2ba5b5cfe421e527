// Everything a service can want done, as data: the shell (src/daemon/runner.*) and the simulator
// (tests/sim) carry out the same list, in order. A new action compiles only when both handle it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/command.hpp"
#include "core/event.hpp"
#include "core/journal.hpp"
#include "core/state.hpp"

namespace redvip {

// What a role change cost, in bytes of replication stream.
struct Toll {
  std::optional<std::int64_t> at_most_lost;  // of a master that died: a bound, from its last looks
  std::optional<std::int64_t> diverged;      // that only the loser had
  std::string saved_in;                      // where they were saved before it followed
};

// What kind of thing changed the state, for whoever counts; the sentence is for whoever reads.
enum class Motive : std::uint8_t {
  start,       // redvip began, or takes what nobody owned
  failover,    // the owner is silent, has failed, or is worse off than this node
  switchover,  // asked for: by an operator on either node, or for the group's sake; nothing is lost
  forced,      // by an operator, past the gates
  preemption,  // this node is preferred, and `preempt` or priority 255 says that it takes over
  stopping,    // redvip is being stopped
  fault,       // Redis, an interface or something tracked has failed
  recovery,    // what had failed is well again
  displaced,   // an owner that has to stop: another leads, or its Redis is no longer what it was
  ready,       // its Redis is fit to lead now
  unfit,       // its data must not lead now
  abandoned,   // a take-over that could not be finished
  taken_back,  // a hand-over that nobody finished
  refused,     // no change: what was asked for cannot be done now
  diverged,    // no change: what only this Redis had was saved or discarded
  pause,       // no change: automatic changes were stopped, or allowed again
  count_,
};

[[nodiscard]] constexpr const char* name(Motive motive) {
  constexpr std::array words{"start",      "failover", "switchover", "forced",
                             "preemption", "stopping", "fault",      "recovery",
                             "displaced",  "ready",    "unfit",      "abandoned",
                             "taken_back", "refused",  "diverged",   "pause"};
  static_assert(words.size() == static_cast<std::size_t>(Motive::count_));
  return words[static_cast<std::size_t>(motive)];
}

// Why the state changed (or, with from == to, why it did not although it was asked to).
struct Transition {
  State from;
  State to;
  std::string cause;                                        // a sentence
  std::vector<std::pair<std::string, std::string>> inputs;  // what decided it
  std::vector<std::pair<std::string, Micros>> phases;       // how long each step took, in order
  Toll toll;
  Motive motive = Motive::start;
  std::string by{};                 // who asked for it; empty: nobody did
  std::optional<NodeIndex> peer{};  // who had the service before, or has it now, or is to have it
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
struct ProbeVips {};      // who else answers for them? StrangerAnswered for each one
struct Announce {};       // one burst of gratuitous ARP for every VIP
struct FindClients {};    // those to be reset soon, so that it is quick
struct ResetClients {};   // every TCP connection to VIP:port, while the VIP is still there
struct RefuseClients {};  // whoever tries VIP:port is refused, whatever listens there ...
struct AdmitClients {};   // ... until this
struct Observe {          // INFO; answered by RedisObserved, RedisRefused or RedisLost
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
// Reads what the parked local Redis has of its line beyond `fork`, into a file; answered by
// TailRead. For that it is a master for a moment, with its writes paused (redis.md 2.3).
struct ReadTail {
  std::string replid;
  std::int64_t fork;   // the last offset in common
  std::int64_t until;  // the last offset that it has
};
// Puts its RDB file, and the tail if one was read, into state_dir; answered by DatasetKept.
struct KeepDataset {
  std::string owner;
  std::string why;
  bool with_tail = false;  // what ReadTail was ordered for belongs to it
};
// Nothing but bare acknowledgements may reach that master from here, and no new connection: its
// kernel goes on sending what a dead process left there (redis.md 4.2). UnguardLink ends it.
struct GuardLink {
  Endpoint master;
};
struct UnguardLink {};
struct Record {
  Transition transition;
};
struct Remember {
  Journal journal;
};
struct Note {  // something an operator should read that changed no state
  bool warning;
  std::string text;
};
struct Exit {};

}  // namespace action

using Action =
    std::variant<action::Arm, action::SendAdvert, action::AddVips, action::RefreshVips,
                 action::RemoveVips, action::ProbeVips, action::Announce, action::FindClients,
                 action::ResetClients, action::RefuseClients, action::AdmitClients, action::Observe,
                 action::Reconnect, action::Send, action::MeasureLink, action::ReadTail,
                 action::KeepDataset, action::GuardLink, action::UnguardLink, action::Record,
                 action::Remember, action::Note, action::Exit>;

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
