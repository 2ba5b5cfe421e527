// redvip on one host: the production Node, and a shell that carries out its actions in the model.
// It can crash (its memory file stays) and be frozen (timers and packets wait for it).
#pragma once

#include <array>
#include <deque>
#include <memory>

#include "daemon/node.hpp"
#include "sim/connection_model.hpp"

namespace redvip::sim {

struct World;

class Daemon {
 public:
  Daemon(World& world, NodeIndex self);

  void start();
  void crash();                                                        // SIGKILL
  void crash_after(std::uint64_t actions) { crash_after_ = actions; }  // 0: not
  void freeze();                                                       // SIGSTOP
  void thaw();
  void freeze_between_actions(std::uint64_t after, Micros lasts);
  void deliver(const Event& event);
  void redis_closed(NodeIndex node);

  [[nodiscard]] bool running() const { return node_ && !frozen_; }
  [[nodiscard]] bool frozen() const { return frozen_; }
  [[nodiscard]] const daemon::Node* node() const { return node_.get(); }
  [[nodiscard]] std::optional<Instant> since() const;  // running without a break; none: it is not
  [[nodiscard]] std::optional<State> state() const;

 private:
  void handle(const Event& event);
  void carry_out(std::deque<Action> actions);
  void carry_out(const Action& action);
  void strike_between(const Action& done);
  void fire(const event::TimerFired& fired);
  void add_vips(bool report);
  void watch_vips();
  void watch_peers();
  void send_advert(Priority priority);
  void announce();
  void probe();
  void read_tail(const action::ReadTail& wanted);
  void keep_dataset();
  void guard(std::optional<NodeIndex> master);
  void exit();
  void later(Micros delay, Task task);

  World& world_;
  NodeIndex self_;
  std::unique_ptr<daemon::Node> node_;
  std::optional<Journal> journal_;  // on disk
  bool frozen_ = false;
  Micros hidden_{0};  // a planted bug: how much time the node was not told of
  Instant frozen_at_{};
  Instant running_since_{};
  std::uint64_t life_ = 0;
  bool holding_vips_ = false;
  std::optional<NodeIndex> guarded_;
  std::uint64_t crash_after_ = 0;
  std::uint64_t freeze_after_ = 0;
  Micros freeze_lasts_{0};
  std::deque<Action> interrupted_;  // by a freeze
  bool dying_ = false;
  bool handling_ = false;
  std::deque<Event> waiting_;
  std::deque<event::TimerFired> late_timers_;
  std::array<Generation, static_cast<std::size_t>(Timer::count_)> generations_{};
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace redvip::sim
