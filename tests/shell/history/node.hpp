// A real server in a network namespace of this test's own, and what redvip would know of it: its
// INFO as the product parses it, and the journal folded from every look at it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/gates.hpp"
#include "core/journal.hpp"
#include "core/lineage.hpp"
#include "version.hpp"

struct redisContext;

namespace redvip::history {

using Words = std::vector<std::string>;
using Keys = std::set<std::string>;

// Fails the test when it does not hold within 20 s.
void eventually(const std::function<bool()>& condition);

// How many bytes of replication stream a command is (RESP: redis.io/docs/reference/protocol-spec).
std::int64_t stream_bytes(const Words& command);
inline const std::int64_t select_bytes = stream_bytes({"SELECT", "0"});

class Node {
 public:
  // No persistence unless told. Nothing but writes gets into the stream: no PINGs either.
  Node(const Version& version, std::uint16_t port, Words options = {});
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void start(const Words& more_options = {});
  void wait_until_loaded();
  void kill();          // SIGKILL, and gone on return
  void remove_files();  // of persistence, and copies that came by the disk

  std::string ask(const Words& command);  // the reply as text; fails the test on an error reply
  // SET of that many new keys; the bytes that they are in the stream.
  std::int64_t write(int count);
  [[nodiscard]] Keys keys();
  [[nodiscard]] std::int64_t counted(const std::string& field);  // of INFO

  // INFO as redvip reads it, noted in the journal.
  Observation look();
  [[nodiscard]] std::vector<PastLine> past() const { return journal_->past; }

  // REPLICAOF. A look before it, and one when it has all that its master has.
  void follow(Node& master);
  void park();
  void promote();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void connect();

  Version version_;
  std::uint16_t port_;
  Words options_;
  std::filesystem::path folder_;
  pid_t process_ = 0;
  redisContext* connection_ = nullptr;
  int written_ = 0;
  std::optional<Journal> journal_;
  std::optional<std::int64_t> joining_at_;
};

// mine to theirs, by their INFO alone, and with what mine's journal knows.
Comparison by_ids(Node& mine, Node& theirs);
Comparison by_journal(Node& mine, Node& theirs);

// The gate's word on this follower and this master, in the default configuration (save).
Follow gate(Node& follower, Node& master);
Follow gate(Node& follower, Node& master, OnDivergence policy);

// Has it follow, whatever the gate says, and tells which of its keys that cost.
Keys lost_by_following(Node& follower, Node& master);

}  // namespace redvip::history
