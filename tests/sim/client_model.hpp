// A client beyond the switch: it writes through the VIP to whichever MAC address its ARP cache
// names, one write at a time, and remembers which were acknowledged.
#pragma once

#include <functional>
#include <optional>

#include "sim/kernel_model.hpp"
#include "sim/link_model.hpp"

namespace redvip::sim {

struct World;

class Client {
 public:
  explicit Client(World& world) : world_{world} {}

  void start();
  // A gratuitous ARP reached it.
  void heard_arp(NodeIndex from) { arp_ = from; }
  // Its connection to that node was reset (SOCK_DESTROY, CLIENT KILL, process gone).
  void reset(NodeIndex node);

  [[nodiscard]] std::optional<Instant> last_acknowledged() const { return last_acknowledged_; }
  [[nodiscard]] std::optional<NodeIndex> writing_to() const { return acknowledged_by_; }

 private:
  using Socket = Kernel::Socket;

  void next(Micros delay);
  void act();
  void connect();
  void write();
  void resolve();
  void expire(std::uint64_t attempt);
  void disconnected();
  // Over TCP, now or by a retransmission.
  void reliably(NodeIndex from, NodeIndex to, Task arrive, int tries = 5);
  void execute(NodeIndex node, Socket socket, Key key, std::uint64_t attempt);
  void answered(NodeIndex node, Key key, bool ok, std::uint64_t attempt);

  World& world_;
  std::optional<NodeIndex> arp_;
  std::optional<NodeIndex> connected_to_;
  Socket socket_ = 0;
  Key next_key_ = 0;
  unsigned burst_ = 0;         // writes that follow without a pause
  std::uint64_t attempt_ = 0;  // what is under way; an older answer is nobody's
  std::optional<Instant> silent_since_;
  std::optional<Instant> last_acknowledged_;
  std::optional<NodeIndex> acknowledged_by_;
};

}  // namespace redvip::sim
