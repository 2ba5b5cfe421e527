// The state machine of RFC 9568 section 6.4 and RFC 3768 section 6.4, and nothing else. What "lead"
// and "follow" mean for Redis and the virtual IP is for the service machine to decide.
//
//   state       event                                      actions                      next
//   Initialize  Startup, priority 255                      advert, lead, arm adver      Active
//   Initialize  Startup                                    follow, arm active_down      Backup
//   Backup      ActiveDownTimer                            advert, lead, arm adver      Active
//   Backup      Advert, priority 0                         arm active_down with skew    Backup
//   Backup      Advert, not lower, or not preempting       v3: learn interval; arm      Backup
//   Backup      Advert, lower, preempting                  discard                      Backup
//   Backup      Shutdown                                   disarm                       Initialize
//   Active      AdverTimer                                 advert, arm adver            Active
//   Active      Advert, priority 0                         advert, arm adver            Active
//   Active      Advert, higher (a tie: higher address)     disarm, follow, arm          Backup
//   Active      Advert, otherwise                          advert                       Active
//   Active      Shutdown                                   disarm, advert 0, follow     Initialize
//
// The last but one is RFC 9568's; RFC 3768 and 5798 are silent there. We answer in v2 too, as
// keepalived does: it harms nobody, and an old Active that comes back has to yield at once.
//
// An address owner (255) is not asked twice: in v3 its duplicate is an Advert like others, so that
// the lower address yields (erratum 8298); in v2 receive() has dropped it (RFC 3768 7.1).
//
// One event is ours: Claim is "as if the Active_Down_Timer had fired", and in Active an advert at
// once. Every pair that is not listed changes nothing.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "core/types.hpp"
#include "vrrp/packet.hpp"

namespace redvip::vrrp {

// Passed at each step: the priority moves at run time, and the next advert or re-arm uses it.
struct ElectionConfig {
  Priority priority;             // 1..255; 255: the address owner
  Centiseconds advert_interval;  // Advertisement_Interval, 1..4095; v2: whole seconds
  bool preempt = false;          // Preempt_Mode; an address owner always preempts (6.1)
  IpAddress self;                // our source address, which breaks ties in Active
  Version version = Version::v3;
};

// --- States -------------------------------------------------------------------------------------

struct Initialize {
  bool operator==(const Initialize&) const = default;
};
struct Backup {
  // Active_Adver_Interval: what the Active last told, 1..4095; v2: our own, whatever it tells.
  Centiseconds active_adver_int;
  bool operator==(const Backup&) const = default;
};
struct Active {
  bool operator==(const Active&) const = default;
};
using State = std::variant<Initialize, Backup, Active>;

// --- Events -------------------------------------------------------------------------------------

struct Startup {};
struct Shutdown {};
struct Claim {};
struct AdverTimer {};       // Adver_Timer fired
struct ActiveDownTimer {};  // Active_Down_Timer fired
struct Advert {             // an ADVERTISEMENT that passed receive()
  Priority priority;
  Centiseconds max_advert_interval;  // 1..4095
  IpAddress sender;
};
using Event = std::variant<Startup, Shutdown, Claim, AdverTimer, ActiveDownTimer, Advert>;

// --- Actions ------------------------------------------------------------------------------------

enum class Timer : std::uint8_t { adver, active_down };

struct Arm {  // replaces what the timer was armed with
  Timer timer;
  Micros after;
  bool operator==(const Arm&) const = default;
};
struct Disarm {
  Timer timer;
  bool operator==(const Disarm&) const = default;
};
struct SendAdvert {
  Priority priority;
  bool operator==(const SendAdvert&) const = default;
};
struct Lead {  // Active begins
  bool operator==(const Lead&) const = default;
};
struct Follow {  // Active ends, or Backup begins from Initialize
  bool operator==(const Follow&) const = default;
};
using Action = std::variant<Arm, Disarm, SendAdvert, Lead, Follow>;

struct Step {
  State next;
  std::vector<Action> actions;  // to be done in this order
  bool operator==(const Step&) const = default;
};

[[nodiscard]] Step step(const ElectionConfig& config, const State& state, const Event& event);

// Who is preferred waits less. v3: Skew_Time = (256 - priority) * interval / 256 (6.1); v2:
// (256 - priority) / 256 seconds, whatever the interval.
[[nodiscard]] Micros skew_time(Priority priority, Centiseconds active_adver_int,
                               Version version = Version::v3);
// Active_Down_Interval = 3 * interval + Skew_Time (6.1): how long a silent Active is believed.
[[nodiscard]] Micros active_down_interval(Priority priority, Centiseconds active_adver_int,
                                          Version version = Version::v3);

}  // namespace redvip::vrrp
