// One Ethernet segment: hosts 0 .. n-1 are the nodes, the last one is the client. Datagrams are
// delayed, lost, doubled and overtake each other; streams are TCP: in order, or not at all.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "core/config.hpp"
#include "sim/chance.hpp"
#include "sim/schedule.hpp"

namespace redvip::sim {

class Lan {
 public:
  struct Quality {
    Micros slowest{500};       // delays are 50 us .. this
    unsigned loss = 0;         // percent
    unsigned duplication = 0;  // percent
  };

  Lan(Schedule& schedule, Chance& chance, std::size_t hosts);
  ~Lan();
  Lan(const Lan&) = delete;
  Lan& operator=(const Lan&) = delete;

  [[nodiscard]] bool passes(NodeIndex from, NodeIndex to) const;
  [[nodiscard]] bool carrier(NodeIndex host) const { return carrier_[host]; }
  void set_carrier(NodeIndex host, bool up);
  void block(NodeIndex from, NodeIndex to, bool blocked);
  void cut(NodeIndex host, bool away);  // both directions, to everybody
  // A packet filter on `from`: no payload and no new connection to the Redis of `to`.
  void guard(NodeIndex from, NodeIndex to, bool up) { guarded_[from * hosts_ + to] = up; }
  [[nodiscard]] bool guarded(NodeIndex from, NodeIndex to) const {
    return guarded_[from * hosts_ + to];
  }
  void set_quality(Quality quality);
  void heal();
  // Nothing is blocked, down or lost, and that since...; nullopt: not now.
  [[nodiscard]] std::optional<Instant> healthy_since() const;

  void datagram(NodeIndex from, NodeIndex to, Task arrive);
  [[nodiscard]] Micros delay(NodeIndex from, NodeIndex to);
  // Whether TCP gets a segment through now; if not it tries again after a retransmission timeout.
  [[nodiscard]] bool delivers(NodeIndex from, NodeIndex to);
  static constexpr Micros retransmission = Millis{200};

  [[nodiscard]] Schedule& schedule() { return schedule_; }

 private:
  friend class Stream;
  struct Segment {
    Instant sent;
    Instant due;
    Task arrive;
  };
  struct Flight {
    NodeIndex from;
    NodeIndex to;
    bool to_redis;
    std::optional<Micros> give_up;  // an unacknowledged segment this old ends the connection
    std::deque<Segment> segments{};
    Instant last_due{};
    bool dead = false;
  };

  void judge();

  Schedule& schedule_;
  Chance& chance_;
  std::size_t hosts_;
  Quality quality_;
  std::vector<bool> carrier_;
  std::vector<bool> blocked_;  // from * hosts + to
  std::vector<bool> guarded_;
  std::optional<Instant> healthy_since_;
  // Segments may hold their own connection: whatever never arrived is let go with the LAN.
  std::vector<std::weak_ptr<Flight>> flights_;
};

// One direction of a TCP connection. Closing lets what was sent arrive; cutting drops it.
class Stream {
 public:
  enum Direction : bool { from_redis, to_redis };
  Stream(Lan& lan, NodeIndex from, NodeIndex to, Direction direction = from_redis,
         std::optional<Micros> give_up = std::nullopt);
  void send(Task arrive);
  void cut();

 private:
  static void pump(Lan& lan, const std::shared_ptr<Lan::Flight>& flight);

  Lan* lan_;
  std::shared_ptr<Lan::Flight> flight_;
};

}  // namespace redvip::sim
