// One blocking connection to a Redis, for `redvip check` (hiredis). Each step waits a second at
// most.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/types.hpp"
#include "redis/tls.hpp"

struct redisContext;

namespace redvip::daemon {

class CheckConnection {
 public:
  // Connects, with `tls` if there is any; whether that worked is what failed() says.
  CheckConnection(Endpoint at, redis::Tls* tls);

  [[nodiscard]] bool failed() const;
  [[nodiscard]] bool refused() const { return refused_; }      // ECONNREFUSED
  [[nodiscard]] bool timed_out() const { return timed_out_; }  // a second without an answer
  [[nodiscard]] std::string why_failed() const;
  // What is wrong with TLS, or its absence, as far as it shows; also after an answer that failed.
  [[nodiscard]] const std::optional<redis::TlsProblem>& tls_problem() const { return problem_; }

  // AUTH, or nothing without a password. Its errors do not contain the password.
  [[nodiscard]] Result<std::string> login(const std::string& username, const std::string& password);

  // The reply's text: of a bulk or status, or an array's last element (CONFIG GET's value). Empty
  // for an empty array.
  [[nodiscard]] Result<std::string> ask(const std::vector<std::string>& words);

 private:
  struct Free {
    void operator()(redisContext* context) const;
  };

  void secure(redis::Tls& tls, IpAddress server);
  void look_at_tls();

  std::unique_ptr<redisContext, Free> context_;
  const ssl_st* tls_ = nullptr;  // the context's
  std::optional<redis::TlsProblem> problem_;
  bool refused_ = false;
  bool timed_out_ = false;
};

}  // namespace redvip::daemon
