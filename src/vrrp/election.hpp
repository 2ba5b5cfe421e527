// The state machine of RFC 9568 section 6.4, and nothing else. What "lead" and "follow" mean for
// Redis and the virtual IP is for the service machine to decide.
//
//   state       event                                      actions                      next
//   Initialize  Startup, priority 255                      advert, lead, arm adver      Active
//   Initialize  Startup                                    follow, arm active_down      Backup
//   Backup      ActiveDownTimer                            advert, lead, arm adver      Active
//   Backup      Advert, priority 0                         arm active_down with skew    Backup
//   Backup      Advert, not lower, or not preempting       learn interval, arm          Backup
//   Backup      Advert, lower, preempting                  discard                      Backup
//   Backup      Shutdown                                   disarm                       Initialize
//   Active      AdverTimer                                 advert, arm adver            Active
//   Active      Advert, priority 0                         advert, arm adver            Active
//   Active      Advert, higher (a tie: higher address)     disarm, follow, arm          Backup
//   Active      Advert, otherwise                          advert                       Active
//   Active      Shutdown                                   disarm, advert 0, follow     Initialize
//
// One event is ours: Claim is "as if the Active_Down_Timer had fired", and in Active an advert at
// once. Every pair that is not listed changes nothing.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "core/types.hpp"

namespace redvip::vrrp {

// Passed at each step: the priority moves at run time, and the next advert or re-arm uses it.
struct ElectionConfig {
  Priority priority;             // 1..255; 255: the address owner
  Centiseconds advert_interval;  // Advertisement_Interval, 1..4095
  bool preempt = false;          // Preempt_Mode; an address owner always preempts (6.1)
  Ipv4 self;                     // our primary address, which breaks ties in Active
};

// --- States -------------------------------------------------------------------------------------

struct Initialize {
  bool operator==(const Initialize&) const = default;
};
struct Backup {
  Centiseconds active_adver_int;  // Active_Adver_Interval: what the Active last told, 1..4095
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
  Ipv4 sender;
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

// Skew_Time = (256 - priority) * interval / 256 (6.1): who is preferred waits less.
[[nodiscard]] Micros skew_time(Priority priority, Centiseconds active_adver_int);
// Active_Down_Interval = 3 * interval + Skew_Time (6.1): how long a silent Active is believed.
[[nodiscard]] Micros active_down_interval(Priority priority, Centiseconds active_adver_int);

}  // namespace redvip::vrrp
