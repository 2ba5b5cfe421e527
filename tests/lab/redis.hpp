// A real redis-server on a host of the lab, and how the lab looks at it: from inside its own host,
// by ROLE and not by INFO, so that neither a cut cable nor redvip's own parser is in between.
#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/network.hpp"
#include "lab/process.hpp"

namespace redvip::lab {

using Reply = std::unique_ptr<redisReply, decltype(&::freeReplyObject)>;

// One synchronous connection, opened inside a host.
class RedisClient {
 public:
  RedisClient(const Host& from, const std::string& address, std::chrono::milliseconds connect,
              std::chrono::milliseconds reply);
  // nullptr when the connection is broken; then error() says how.
  [[nodiscard]] Reply command(const std::vector<std::string>& words);
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

class Redis {
 public:
  Redis(const Host& host, const std::filesystem::path& folder,
        const std::vector<std::string>& options = {});
  ~Redis();  // at once: on SIGTERM it would wait for its replicas
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  void start();  // empty: there is no persistence
  void kill();   // SIGKILL, and gone when this returns
  void freeze() { process_->signal(SIGSTOP); }
  void thaw() { process_->signal(SIGCONT); }

  [[nodiscard]] std::optional<Role> role() const;  // nullopt: it does not answer
  [[nodiscard]] bool is_master() const;
  [[nodiscard]] bool follows(const Host& master) const;  // with the link up
  // A link that is up does not feed yet: after a diskless copy the master holds its stream back
  // until the replica's first acknowledgement, up to a second later.
  [[nodiscard]] bool feeds(const Host& replica) const;
  [[nodiscard]] std::int64_t keys() const;  // -1: it does not answer
  Reply command(const std::vector<std::string>& words) const;
  // How many of these keys it does not have.
  [[nodiscard]] std::size_t missing(const std::vector<std::string>& keys) const;

 private:
  const Host& host_;
  std::filesystem::path folder_;
  std::vector<std::string> options_;
  std::unique_ptr<Process> process_;
};

}  // namespace redvip::lab
