// What must hold in every schedule (ha.md section 3; the numbers are its). The checker sees the
// whole world and knows the faults: where VRRP between two nodes cannot promise something (a
// partition has two sides, and both may serve) exactly that window is excused, and nothing else.
//
// safety_data.cpp:    S8 planned change loses nothing   S9 nothing unread or half copied is
// promoted
//                     S10 nothing fuller is overwritten S11 S12 nobody leads past a longer history
// safety_address.cpp: S1 one holder    S2 one writer     S4 V implies W     S5 not V implies not W
//                     S6 order, gate   S7 reset first    S14 no loops       S20 looks after a stall
//                     S21 pause        S27 kept up       S36 announced
// bookkeeping.cpp:    S24 records      S29 no flapping   S30 no storms
// liveness.cpp:       S31 one owner    S32 hand-over succeeds   S33 S34 everybody comes back
//                     S35 no write stays paused          S37 a healthy owner stays
//
// Not here: S3 is a policy with a witness or a third node's vote, and S13 epochs, neither of which
// redvip has (Redis's replication IDs are its epochs). S15 needs a kernel (shell and lab tests),
// S16 is kept by the fault "crash between two actions" under all of the others. S17 S18 need
// packets (unit and fuzz), S19 S23 S25 a clock, programs and logs (lab). S22: no reload in this
// world. S26 is the type Command. S28: one address here; the lab has several. S38 is a file (lab).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/action.hpp"
#include "sim/link_model.hpp"

namespace redvip::sim {

struct World;

class Invariants {
 public:
  explicit Invariants(World& world) : world_{world} {}

  // After every step of the world.
  void look();
  // The first one that was broken: its number and a sentence.
  [[nodiscard]] const std::optional<std::string>& broken() const { return broken_; }
  void breaks(const char* number, const std::string& sentence);

  // What daemons do.
  void daemon_started(NodeIndex node);
  void thawed(NodeIndex node, Micros frozen_for);
  void asked(NodeIndex node, const Event& event);  // by an operator
  void address_refused();                          // by the kernel
  void decided(NodeIndex node, State before, const std::vector<Action>& actions);
  void vip_added(NodeIndex node);
  void vip_removed(NodeIndex node);
  void vip_expired(NodeIndex node);
  void announced(NodeIndex node);
  void advert_sent(NodeIndex node, Priority priority);

  // What Redis processes do.
  void promoted(NodeIndex node);
  void unread_discarded(NodeIndex node, const char* by, const Dataset& keys);
  void overwritten(const Link& copied, const Dataset& before, const Dataset& after);
  void write_executed(NodeIndex node);
  void queue_dropped(const Link& link, const Dataset& keys);
  void acknowledged_into_reset(const Link& link);

  // What stands against the world being well, as it must be at the end of the heal phase.
  struct Objection {
    const char* number;
    std::string sentence;
  };
  [[nodiscard]] std::optional<Objection> not_converged() const;

 private:
  struct Watched {
    std::optional<Instant> thawed_from_long_freeze;
    std::optional<Instant> bad_address_since;    // the VIP on a Redis that takes no writes
    std::optional<Instant> second_master_since;  // takes writes, and another is the owner
    std::optional<Instant> loop_since;           // it follows itself, maybe through others
    std::optional<Instant> paused_since;         // writes, although it serves and nothing is moving
    std::optional<Instant> added_at;             // the address
    std::optional<Instant> announced_at;
    std::uint64_t led_with = 0;  // the Redis process that last had the address on top
    Instant second{};
    std::size_t adverts = 0;
    std::size_t actions = 0;
    std::size_t records = 0;
    bool ending = false;
    Instant advertised{};
    Instant overtaken{};  // its priority 0 by an older advertisement, maybe
    bool paused = false;
    Instant written{};
    std::uint64_t written_life = 0;
    Instant unwell{};  // when its Redis was last not a master that could take writes
  };

  [[nodiscard]] Watched& watched(NodeIndex node);
  [[nodiscard]] std::string name(NodeIndex node) const;
  // All links, and the daemons of all nodes, have been undisturbed for that long.
  [[nodiscard]] bool calm_for(Micros length) const;
  // And nobody asked for anything, nor meddled.
  [[nodiscard]] bool left_alone_for(Micros length) const;
  [[nodiscard]] bool lasts(std::optional<Instant>& since, bool holds, Micros limit) const;
  [[nodiscard]] bool anybody_paused() const;
  [[nodiscard]] bool roles_are_moving() const;
  [[nodiscard]] std::optional<NodeIndex> owner() const;  // the only holder of the address
  void look_at_holders();
  void look_at_address(NodeIndex node);
  void look_at_other_masters(NodeIndex node);
  void look_at_loops(NodeIndex node);
  void look_at_pauses(NodeIndex node);
  void look_at_announcements(NodeIndex node);
  void look_at_health(NodeIndex node);
  void check_promotion(NodeIndex node, NodeIndex whose);
  void check_records(NodeIndex node, State before, const std::vector<Action>& actions);
  void check_paused(NodeIndex node, State before, const Action& action);
  void check_transition(NodeIndex node, const Transition& transition);
  void check_handover_time(NodeIndex node, const Transition& transition);
  void check_choice(NodeIndex node);
  void check_handed_over(NodeIndex from);
  [[nodiscard]] Objection object(const char* number, std::string sentence) const;
  [[nodiscard]] bool excused(const Link& copied) const;
  [[nodiscard]] bool guard_was_due(const Link& link) const;

  World& world_;
  std::vector<Watched> watched_;
  std::optional<std::string> broken_;
  std::optional<Instant> two_holders_since_;
  std::optional<Instant> two_holders_until_;
  std::optional<Instant> owned_until_;  // somebody had the address then
  Instant meddled_{};                   // an operator or an outsider acted
  Instant looked_{};
};

}  // namespace redvip::sim
