// What must hold in every schedule (ha.md section 3; the numbers are its). The checker sees the
// whole world and knows the faults: where VRRP between two nodes cannot promise something (a
// partition has two sides, and both may serve) exactly that window is excused, and nothing else.
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
  void decided(NodeIndex node, State before, const Event& event,
               const std::vector<Action>& actions);
  void vip_added(NodeIndex node);
  void vip_removed(NodeIndex node);
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
    std::optional<Instant> bad_address_since;  // the VIP on a Redis that takes no writes
    Instant second{};
    std::size_t adverts = 0;
    std::size_t actions = 0;
    std::size_t records = 0;
    bool ending = false;
    Instant written{};
  };

  [[nodiscard]] Watched& watched(NodeIndex node);
  [[nodiscard]] std::string name(NodeIndex node) const;
  // All links, and the daemons of all nodes, have been undisturbed for that long.
  [[nodiscard]] bool calm_for(Micros length) const;
  void look_at_holders();
  void look_at_address(NodeIndex node);
  void check_records(NodeIndex node, State before, const std::vector<Action>& actions);
  void check_paused(NodeIndex node, State before, const Action& action);
  [[nodiscard]] Objection object(const char* number, std::string sentence) const;
  [[nodiscard]] bool excused(const Link& copied) const;
  [[nodiscard]] bool guard_was_due(const Link& link) const;

  World& world_;
  std::vector<Watched> watched_;
  std::optional<std::string> broken_;
  std::optional<Instant> two_holders_since_;
  Instant looked_{};
};

}  // namespace redvip::sim
