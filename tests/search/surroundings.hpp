// One real daemon::Node and all that it can see of the world: timers, the connections to the two
// Redis (answered in order, as real ones are), the address, the other node. Nothing happens by
// itself: a letter of the alphabet says what does.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/node.hpp"
#include "search/planted.hpp"
#include "search/watch.hpp"

namespace redvip::search {

class Surroundings {
 public:
  Surroundings(NodeIndex self, Planted bug);

  void tell(const Event& event);

  // What waits for an answer.
  struct Look {};
  using Request = std::variant<Look, Command>;
  [[nodiscard]] bool waiting(NodeIndex node) const { return !requests_[node].empty(); }
  [[nodiscard]] bool look_waiting(NodeIndex node) const;
  [[nodiscard]] bool command_waiting(NodeIndex node) const;
  void observe(NodeIndex node, const Observation& seen);  // answers the look
  void command_done(NodeIndex node, bool well);           // answers the command
  void lose(NodeIndex node, Loss loss);
  void connect(NodeIndex node);
  [[nodiscard]] bool connected(NodeIndex node) const { return connected_[node]; }
  // The Redis as last seen, and as commands that succeeded since have left it.
  [[nodiscard]] const std::optional<Observation>& redis(NodeIndex node) const {
    return redis_[node];
  }
  void set_redis(NodeIndex node, Observation is) { redis_[node] = std::move(is); }

  void measure(std::optional<std::uint32_t> unread);
  void address_added(bool well);
  void tail_read();
  void dataset_kept();
  [[nodiscard]] bool measuring() const { return measuring_; }
  [[nodiscard]] bool adding_address() const { return adding_address_; }
  [[nodiscard]] bool reading_tail() const { return reading_tail_; }
  [[nodiscard]] bool keeping_dataset() const { return keeping_dataset_; }

  void advert(int priority);  // of the other node, which goes on with it where all is well
  void silence() { advert_.reset(); }
  void interface(bool up);
  [[nodiscard]] bool interface_up() const { return interface_up_; }

  void next_timer();
  void stall(Micros length) {
    now_ += length;
    watch_.look(now_, event::Stalled{length}, {}, node_.service().state());
  }
  enum class World : std::uint8_t {
    silent,     // nothing is answered, nobody is heard
    answering,  // commands succeed, a look shows what was last seen, adverts go on
  };
  void pass(Micros duration, World world);
  void answer_all();

  [[nodiscard]] NodeIndex self() const { return self_; }
  [[nodiscard]] NodeIndex other() const { return 1 - self_; }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const daemon::Node& node() const { return node_; }
  [[nodiscard]] const Watch& watch() const { return watch_; }
  [[nodiscard]] Watch& watch() { return watch_; }
  [[nodiscard]] std::size_t events() const { return events_; }
  // What tells this state from another as far as can be seen from outside.
  [[nodiscard]] std::uint64_t fingerprint() const;
  // Written down from now on: what is done because of what happens.
  void write_down(std::vector<std::string>* script) { script_ = script; }

 private:
  struct Armed {
    Generation generation = 0;
    std::optional<Instant> due;
  };

  void hear(const Event& event);
  void carry_out(const Action& action);
  void send(const action::Send& send);
  void drop(NodeIndex node);
  void obey(NodeIndex node, const Command& command);
  void fire(Timer timer);
  [[nodiscard]] std::optional<Timer> first_due() const;
  void remember_sign(std::int64_t sign);

  NodeIndex self_;
  Planted bug_;
  daemon::Node node_;
  Watch watch_;
  Instant now_{Seconds{1000}};
  std::array<Armed, static_cast<std::size_t>(Timer::count_)> timers_{};
  std::array<std::deque<Request>, 2> requests_;
  std::array<std::optional<Observation>, 2> redis_;
  std::array<bool, 2> connected_{true, true};
  std::deque<Event> at_once_;  // answers that need nobody's doing
  bool telling_ = false;
  bool measuring_ = false;
  bool adding_address_ = false;
  bool reading_tail_ = false;
  bool keeping_dataset_ = false;
  bool interface_up_ = true;
  std::optional<event::AdvertHeard> advert_;
  Instant next_advert_{};
  std::size_t events_ = 0;
  std::deque<std::int64_t>
      signs_;  // what was done and answered of late, as the node's own steps go
  std::optional<Journal> journal_;
  std::optional<Instant> unowned_since_;
  std::vector<std::string>* script_ = nullptr;
};

}  // namespace redvip::search
