// A daemon's standing connection to one Redis, with the promises of src/redis/connection.hpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/event.hpp"
#include "sim/lan.hpp"

namespace redvip::sim {

struct World;

class Connection {
 public:
  using Report = std::function<void(Event)>;

  Connection(World& world, NodeIndex from, NodeIndex to, Report report);
  ~Connection() { drop(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void connect();
  void reconnect();
  void observe();
  void send(const Command& command);
  // The Redis process ended: its kernel closes what was established.
  void peer_closed();

 private:
  // One TCP connection. Callbacks hold it weakly: what arrives for an older one is dropped.
  struct Session {
    Stream out;
    Stream in;
    std::uint64_t life = 0;  // of the Redis process that accepted it
    bool established = false;
    bool ready = false;
    std::optional<Instant> ready_at{};
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    std::vector<Command> unanswered{};
    bool observing = false;
    bool observe_again = false;
  };
  using Held = std::shared_ptr<Session>;

  void syn(const Held& session);
  void greet(const Held& session);
  void ask(const Held& session);
  void request(const Held& session, std::function<Task()> execute);
  void later(Micros delay, Task task);
  void lost(const Held& session, Loss loss, const char* text);
  void drop();
  [[nodiscard]] bool current(const Held& session) const { return session_ == session; }

  static constexpr Micros timeout = Seconds{1};
  static constexpr Micros pause_between = Millis{50};

  World& world_;
  NodeIndex from_;
  NodeIndex to_;
  Report report_;
  Held session_;
  std::optional<Loss> told_;
  std::optional<Observation> last_seen_;  // for a planted bug
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace redvip::sim
