// A modelled redis-server 7.0: one thread, replication IDs and offsets, an asynchronous stream, and
// what is left on the disk. The rules and their proofs are in redis.md sections 2.1, 3.2, 4.1;
// tests/differential replays the same scripts on this and on the real one.
//
// redis_model.cpp: the process. data_model.cpp: keys, commands, INFO. replication_model.cpp: who
// follows whom. stream_model.cpp: the bytes between two of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/action.hpp"
#include "core/observation.hpp"
#include "sim/link_model.hpp"

namespace redvip::sim {

struct World;

// redis.conf: where the data outlives the process. A dump.rdb that is there is loaded in any case,
// except with an append-only file.
enum class Persistence : std::uint8_t { none, rdb, aof };

class Redis {
 public:
  enum class Boot : std::uint8_t { first, from_disk, empty };

  Redis(World& world, NodeIndex self);

  // Faults.
  void boot(Boot how);
  void kill();        // SIGKILL: its kernel still sends what it was given, then the end
  void lose_power();  // nothing more is sent, and what was not yet on the disk is gone
  void freeze();      // SIGSTOP
  void thaw();
  void stall(Micros length);                    // a slow command
  void save();                                  // BGSAVE
  void lock(bool locked) { locked_ = locked; }  // the password was changed under redvip
  void by_outsider(const Command& command);     // a person, a Sentinel, an old script

  [[nodiscard]] bool alive() const { return alive_; }
  [[nodiscard]] bool frozen() const { return frozen_; }
  [[nodiscard]] bool locked() const { return locked_; }
  [[nodiscard]] bool misled() const { return misled_; }  // it still does what an outsider said
  // When an outsider last told it what to do.
  [[nodiscard]] std::optional<Instant> misled_at() const { return misled_at_; }
  [[nodiscard]] bool busy() const;
  [[nodiscard]] std::uint64_t life() const { return life_; }
  [[nodiscard]] Instant booted() const { return booted_; }
  [[nodiscard]] Instant master_since() const { return master_since_; }
  [[nodiscard]] bool is_master() const { return !following_; }
  [[nodiscard]] bool is_parked() const { return following_ && !following_->master; }
  [[nodiscard]] bool loading() const { return link_ && link_->phase == Link::Phase::loading; }
  [[nodiscard]] bool paused() const;
  [[nodiscard]] bool writable() const;
  [[nodiscard]] const Dataset& data() const { return state_.data; }
  [[nodiscard]] const Snapshot& disk() const { return rdb_; }
  [[nodiscard]] std::optional<NodeIndex> master() const;
  [[nodiscard]] bool in_sync_with(NodeIndex master) const;
  [[nodiscard]] bool downloading() const;
  [[nodiscard]] Dataset unread_keys() const;
  // Handed to this host's kernel for a replica: comes out even if the process dies.
  [[nodiscard]] Dataset queued_keys() const;
  // What the kernel of this host says of its connection to `master`.
  [[nodiscard]] std::optional<std::uint32_t> unread(NodeIndex master) const;
  [[nodiscard]] std::string text() const;

  // Runs it when the one thread gets to it; never, if the process dies first.
  void when_free(Task task);
  [[nodiscard]] Observation info() const;
  [[nodiscard]] std::optional<Error> execute(const Command& command);
  // What it has beyond `wanted.fork`: its keys, or nothing where that cannot be read. Until
  // end_tail it is a master with its writes paused.
  [[nodiscard]] std::optional<Dataset> begin_tail(const action::ReadTail& wanted);
  void end_tail();
  // `answer(true)`: OK. `answer(false)`: an error. No answer: the connection was closed.
  void write(Key key, std::function<void(bool)> answer);
  void drop_clients() { waiting_writes_.clear(); }

 private:
  struct Following {
    std::optional<NodeIndex> master;  // none: parked
    bool operator==(const Following&) const = default;
  };
  struct WaitingWrite {
    Key key;
    std::function<void(bool)> answer;
  };
  using Held = std::shared_ptr<Link>;

  void load(Boot how);
  void end();
  void drain_waiting();
  void fsync();
  // Runs in this process later, unless it has ended by then.
  void later(Micros delay, Task task);

  // data_model.cpp
  void pause(Micros length);
  void unpause();
  void set(Key key);
  void ping();
  void append(const Piece& piece);
  [[nodiscard]] bool enough_replicas() const;
  void describe_replication(Observation& seen) const;

  // replication_model.cpp
  void follow(Following following);
  void promote();
  void connect();
  void retry(const Held& link);
  void accept(const Held& link, const std::string& id, std::int64_t asked);
  void full_copy(const Held& link);
  void continued(const Held& link, const std::string& id);
  void copied(const Held& link, const Snapshot& snapshot);
  void loaded(const Held& link);
  void leave_master();
  void discarded(const char* by, const Dataset& unread);
  void drop_replicas();
  [[nodiscard]] bool can_continue(const std::string& id, std::int64_t asked) const;

  // stream_model.cpp
  void flush(const Held& link);
  void transmit(const Held& link);  // the kernel's part: needs no process
  void hang_up(const Held& link);   // and what it does when the process is killed
  void drop_queue(const Held& link);
  void received(const Held& link, const Piece& piece);
  void read_one(const Held& link);
  void finish(const Held& link, bool reset);
  void apply(const Held& link);
  void acknowledge(const Held& link);
  void send_ack(const Held& link);
  void hear_ack(const Held& link, std::int64_t offset);

  World& world_;
  NodeIndex self_;
  bool alive_ = false;
  bool frozen_ = false;
  bool locked_ = false;
  bool misled_ = false;  // it does what an outsider said
  std::optional<Instant> misled_at_;
  std::uint64_t life_ = 0;
  Instant booted_{};
  Instant master_since_{};
  Instant busy_until_{};
  std::deque<Task> waiting_;

  std::string run_id_;
  Snapshot state_;  // what it has, and where in which history that is
  std::string replid2_;
  std::int64_t second_offset_ = -1;
  bool backlog_active_ = false;
  bool selected_ = false;  // the stream has said in which database it is
  std::deque<Piece> backlog_;
  std::int64_t backlog_first_ = 1;
  std::optional<Following> following_;  // none: a master
  bool cached_master_ = true;           // false: a replica that has never had a history
  Held link_;
  std::optional<Instant> link_down_since_;
  std::vector<Held> attached_;

  Instant paused_until_{};
  std::deque<WaitingWrite> waiting_writes_;
  int min_replicas_ = 0;
  Snapshot rdb_;             // dump.rdb
  Dataset aof_;              // the append-only file, as far as the disk has it for certain
  bool aof_is_old_ = false;  // after a full copy, until it has been written anew
  bool saving_ = false;
};

}  // namespace redvip::sim
