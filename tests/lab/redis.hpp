// A real redis-server on a host of the lab, and how the lab looks at it: from inside its own host,
// by ROLE and not by INFO, so that neither a cut cable nor redvip's own parser is in between.
#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/network.hpp"
#include "lab/process.hpp"

namespace redvip::lab {

using Reply = std::unique_ptr<redisReply, decltype(&::freeReplyObject)>;

// REDVIP_REDIS_SERVER of the environment (tests/lab/servers fetches other versions), or Debian's.
[[nodiscard]] std::string redis_binary();

// Makes TLS of a connection that the lab's clients have opened, to that address; false: it failed,
// with errno. None: they speak in clear.
inline std::function<bool(redisContext&, const std::string&)> start_tls{};

// One synchronous connection, opened inside a host.
class RedisClient {
 public:
  RedisClient(const Host& from, const std::string& address, std::chrono::milliseconds connect,
              std::chrono::milliseconds reply, int port = 6379);
  // nullptr when the connection is broken; then error() says how.
  [[nodiscard]] Reply command(const std::vector<std::string>& words);
  [[nodiscard]] Reply next();  // without a question: what a subscriber hears
  // For poll(2) and shutdown(2); -1: there is none.
  [[nodiscard]] int socket() const { return context_ == nullptr ? -1 : context_->fd; }
  [[nodiscard]] bool broken() const { return context_ == nullptr || context_->err != 0; }
  [[nodiscard]] int error_number() const { return errno_; }  // errno of the failed call
  [[nodiscard]] std::string error() const;

 private:
  std::unique_ptr<redisContext, decltype(&::redisFree)> context_;
  int errno_ = 0;
};

// What ROLE says (redis.io/commands/role).
struct Role {
  bool master = false;
  std::int64_t offset = 0;
  std::string master_host;       // of a replica
  bool connected = false;        // of a replica: link up
  std::vector<std::string> fed;  // of a master: replicas that acknowledged some of its stream
};

// What a Redis has kept when it comes back after a kill.
enum class Persistence : std::uint8_t {
  none,  // no more than the copy of its last full sync, which Redis leaves in dump.rdb
  rdb,   // a snapshot, at most about two seconds old
  aof,   // every write, but neither replication ID nor offset
};
[[nodiscard]] const char* to_text(Persistence persistence);

struct RedisSetup {
  Persistence persistence = Persistence::none;
  bool born_parked = false;            // `replicaof 127.0.0.1 0` in its redis.conf
  std::vector<std::string> options{};  // of its command line
  bool as_packaged = false;            // user and group `redis`, files 0660 in a folder 0750
  bool keeps_config = false;           // what CONFIG REWRITE wrote outlives a restart
};

class Redis {
 public:
  Redis(const Host& host, const std::filesystem::path& folder, RedisSetup setup);
  ~Redis();  // at once: on SIGTERM it would wait for its replicas
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  void start();  // with what it had persisted
  void kill();   // SIGKILL, and gone when this returns
  void signal(int number) { process_->signal(number); }
  void freeze() { signal(SIGSTOP); }
  void thaw() { signal(SIGCONT); }

  [[nodiscard]] std::optional<Role> role() const;  // nullopt: it does not answer
  [[nodiscard]] bool is_master() const;
  [[nodiscard]] bool follows(const Host& master) const;  // with the link up
  // It has acknowledged some of the stream.
  [[nodiscard]] bool feeds(const Host& replica) const;
  [[nodiscard]] std::int64_t keys() const;  // -1: it does not answer
  // One field of INFO, for what ROLE does not tell. Empty: no answer, or no such field.
  [[nodiscard]] std::string info(const std::string& field) const;
  void save() const;  // with RDB: a snapshot of this moment
  Reply command(const std::vector<std::string>& words) const;
  // Those of these keys that it does not have.
  [[nodiscard]] std::vector<std::string> absent(const std::vector<std::string>& keys) const;
  [[nodiscard]] std::size_t missing(const std::vector<std::string>& keys) const {
    return absent(keys).size();
  }

 private:
  const Host& host_;
  std::filesystem::path folder_;
  RedisSetup setup_;
  std::unique_ptr<Process> process_;
};

}  // namespace redvip::lab
