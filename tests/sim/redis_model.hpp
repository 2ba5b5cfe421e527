// A modelled redis-server 7.0: one thread, replication IDs and offsets, and an asynchronous stream
// whose bytes are always somewhere: in the master's memory, on the wire, in the replica's receive
// queue, or applied. The rules and their proofs are in redis.md sections 2.1, 3.2, 4.1.
#pragma once

#include <bitset>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/command.hpp"
#include "core/observation.hpp"
#include "core/result.hpp"
#include "sim/lan.hpp"

namespace redvip::sim {

struct World;

// Every client write sets a key of its own, so that a dataset is a set of bits.
using Key = std::size_t;
constexpr Key most_keys = 4096;
using Dataset = std::bitset<most_keys>;

// A piece of the replication stream: one write, or a PING, which changes no data.
struct Piece {
  std::int64_t end;  // the offset after it
  std::int64_t bytes;
  std::optional<Key> key;
};

struct Snapshot {
  Dataset data;
  std::string replid;
  std::int64_t offset = 0;
};

// A replica's connection to its master.
struct Link {
  enum class Phase : std::uint8_t { connecting, downloading, loading, connected };

  NodeIndex master;
  NodeIndex replica;
  Stream down;  // master to replica
  Stream up;
  Phase phase = Phase::connecting;
  std::uint64_t master_life = 0;  // the process at the other end; 0: none yet
  bool sending = false;           // the master may send stream (its snapshot is through)
  std::deque<Piece> unsent{};     // in the master's memory: gone with its process
  std::deque<Piece> unread{};     // in the replica's receive queue: survives the master
  bool eof = false;               // behind `unread`
  bool reset = false;             // the socket is gone, but what it had received can still be read
  Instant accepted_at{};
  bool closed = false;  // by the replica, or by a master that lives
};

class Redis {
 public:
  enum class Boot : std::uint8_t { first, from_disk, empty };

  Redis(World& world, NodeIndex self);

  // Faults.
  void boot(Boot how);
  void kill();        // SIGKILL: its kernel still sends what it was given, then the end
  void lose_power();  // nothing more is sent
  void freeze();      // SIGSTOP
  void thaw();
  void stall(Micros length);  // a slow command
  void save();                // BGSAVE

  [[nodiscard]] bool alive() const { return alive_; }
  [[nodiscard]] bool frozen() const { return frozen_; }
  [[nodiscard]] bool busy() const;
  [[nodiscard]] std::uint64_t life() const { return life_; }
  [[nodiscard]] Instant booted() const { return booted_; }
  [[nodiscard]] Instant master_since() const { return master_since_; }
  [[nodiscard]] bool is_master() const { return !following_; }
  [[nodiscard]] bool loading() const { return link_ && link_->phase == Link::Phase::loading; }
  [[nodiscard]] bool paused() const;
  [[nodiscard]] bool writable() const;
  [[nodiscard]] const Dataset& data() const { return state_.data; }
  [[nodiscard]] const Snapshot& disk() const { return disk_; }
  [[nodiscard]] std::optional<NodeIndex> master() const;
  [[nodiscard]] bool in_sync_with(NodeIndex master) const;
  [[nodiscard]] bool downloading() const;
  [[nodiscard]] Dataset unread_keys() const;
  // What the kernel of this host says of its connection to `master`.
  [[nodiscard]] std::optional<std::uint32_t> unread(NodeIndex master) const;
  [[nodiscard]] std::string text() const;

  // Runs it when the one thread gets to it; never, if the process dies first.
  void when_free(Task task);
  [[nodiscard]] Observation info() const;
  [[nodiscard]] std::optional<Error> execute(const Command& command);
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

  void end();
  void drain_waiting();
  void pause(Micros length);
  void unpause();
  void set(Key key);
  void ping();
  void append(const Piece& piece);

  // replication_model.cpp
  void follow(Following following);
  void promote();
  void connect();
  void retry(const std::shared_ptr<Link>& link);
  void accept(const std::shared_ptr<Link>& link, const std::string& id, std::int64_t asked);
  void full_copy(const std::shared_ptr<Link>& link);
  void continued(const std::shared_ptr<Link>& link, const std::string& id);
  void copied(const std::shared_ptr<Link>& link, const Snapshot& snapshot);
  void flush(const std::shared_ptr<Link>& link);
  void received(const std::shared_ptr<Link>& link, const Piece& piece);
  void finish(const std::shared_ptr<Link>& link);
  void apply(const std::shared_ptr<Link>& link);
  void acknowledge(const std::shared_ptr<Link>& link);
  void leave_master();
  void drop_replicas();
  [[nodiscard]] bool can_continue(const std::string& id, std::int64_t asked) const;
  // Runs in this process later, unless it has ended by then.
  void later(Micros delay, Task task);

  World& world_;
  NodeIndex self_;
  bool alive_ = false;
  bool frozen_ = false;
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
  std::deque<Piece> backlog_;
  std::int64_t backlog_first_ = 1;
  std::optional<Following> following_;  // none: a master
  bool cached_master_ = true;           // false: a replica that has never had a history
  std::shared_ptr<Link> link_;
  std::optional<Instant> link_down_since_;
  std::vector<std::shared_ptr<Link>> attached_;

  Instant paused_until_{};
  std::deque<WaitingWrite> waiting_writes_;
  Snapshot disk_;
  bool saving_ = false;
};

}  // namespace redvip::sim
